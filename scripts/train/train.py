"""Base weights + corpora => student.pt: one encoder with every head.

Phase 1 teaches names broadly: open news labelled by the teacher (soft labels) and the NER corpora, each with a head of
its own that is thrown away afterwards, since their guidelines differ. Phase 2 teaches all heads on whomet's gold.
"""
import argparse, collections, json, math, random, re, time
from pathlib import Path

import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

import data as D, model as M

# Which corpora phase 1 reads, and how much of each: (file, share of its windows).
CORPORA = {"gmb": (["gmb"], 0.5), "wikigold": (["wikigold"], 1.0), "politics": (["crossner-politics-train", "crossner-politics-dev"], 1.0),
           "wnut": (["wnut17-train"], 1.0), "btc": (["btc-g", "btc-f"], 1.0), "gum": (["gum-news", "gum-interview", "gum-voyage", "gum-speech"], 1.0),
           "ewt": (["uner-ewt-dev"], 1.0)}

# Words that can name an encounter, best first per kind: the trigger of an evidence span is chosen by these.
ANY = re.compile(r"^(met|meet\w*|talks|talked|talking|visit\w*|summit\w*|spoke|spoken|speak\w*|phone\w*|telephone\w*|negotiat\w*|conversation\w*|confer\w*|gather\w*|arriv\w*|travel\w*|trips?|convened?|conven\w*|dialogue\w*|tour\w*|roundtable\w*|videoconference\w*|call(s|ed)?|host\w*|receiv\w*|welcom\w*|greet\w*|discuss\w*|session\w*|talk|consult\w*|sat|sit|contact\w*)$", re.I)
VISIT = re.compile(r"^(visit\w*|trips?|travel\w*|arriv\w*|tour\w*|went|go|goes|going|head\w*|flew|fly\w*|stop\w*)$", re.I)
CALL = re.compile(r"^(call\w*|phone\w*|telephone\w*|spoke\w*|speak\w*|conversation\w*|talk\w*|video\w*|discuss\w*)$", re.I)
NOUN = re.compile(r"^(calls?|conversations?|talks?|discussions?|conference|consultations?)$", re.I)
ELSE = re.compile(r"^(went|go|goes|going|head\w*|flew|fly\w*|flown|attend\w*|join\w*|invit\w*|led|lead|leading|present|told|tell\w*|brief\w*|held|hold\w*|stop\w*|return\w*|came|come|coming|return\w*|stay\w*|mission|journey\w*|gave|address\w*|accompan\w*|co|chair\w*|hearing|forum|conference|audience|lunch|dinner|breakfast|reception|ceremony|presented|congratulat\w*|thanked|warned|urged|asked|said|informed|stressed|exchang\w*|see|seen|saw|leav\w*|left|depart\w*|flight|pilgrimage|engag\w*|encounter\w*|reunite\w*|face|shook|together|between)$", re.I)


def triggers_of(doc):
    """{word: [meeting, ...]}: the word of each evidence span that names the encounter."""
    out = collections.defaultdict(list)
    for m in doc.gold["meetings"]:
        a, b = m["evidence"]
        cand = [i for i, (x, y) in enumerate(doc.spans) if x >= a and y <= b]
        if not cand: continue
        best = [i for i in cand if ANY.match(doc.words[i])]
        if m["kind"] == "visit": best = [i for i in cand if VISIT.match(doc.words[i])] or best
        if m["kind"] == "call": best = [i for i in best if CALL.match(doc.words[i])] or best
        # Of "phone call" and "telephone conversation" the noun that ends them, which also stands alone elsewhere.
        if m["kind"] == "call" and best and best[0] + 1 < len(doc.words) and NOUN.match(doc.words[best[0] + 1]): best = [best[0] + 1]
        best = best or [i for i in cand if ELSE.match(doc.words[i])] or [i for i in cand if doc.words[i].isalpha()] or cand
        out[best[0]].append(m)
    return out


COUNTRY = {}


def country(name):
    """The scorer's key under which a country and its people's name are one actor."""
    k = re.sub(r"[^a-z]", "", name.lower()); k = COUNTRY.get(k, COUNTRY.get(k.rstrip("s"), k))
    return k if k.startswith(("united", "south", "north", "new", "saudi")) else k[:5]


def load_demonyms(score_py):
    text = Path(score_py).read_text(); start = text.index("DEMONYM = "); ns = {}
    exec(text[start:text.index("}", start) + 1], ns); COUNTRY.update(ns["DEMONYM"])


class Example:
    """A window with everything the relation heads learn from: positions are pieces in the window."""

    def __init__(self, w, doc, prep):
        self.w = w; self.n = len(w.ids) + 2
        at = dict(zip(w.words, w.first)); lo, hi = w.words[0], w.words[-1]
        self.names = [(f, D.NAME_LABELS.index(doc.tags[i])) for f, i in zip(w.first, w.words)]
        self.fillers = [(at[i], i, e, t) for i, e, t in prep["fillers"] if i in at]
        # Pronouns and descriptions with the actors they may refer to, and date expressions.
        self.candidates = [(at[i], i, kind, links) for i, kind, links in prep["candidates"] if i in at]
        self.dates = [(at[i], i, a, b) for i, a, b in prep["dates"] if i in at]
        self.triggers = []
        for i, ms in prep["triggers"].items():
            if i in at: self.triggers.append((at[i], i, M.KINDS.index(ms[0]["kind"]), M.STATUS.index(ms[0]["status"]), ms))
        chosen = {t[1] for t in self.triggers}
        # Unlabelled words that often name encounters may repeat a labelled one: they count less as negatives.
        self.trigger_y = [(f, 0, prep["doubt"] if ANY.match(doc.words[i]) else 1.0) for f, i in zip(w.first, w.words) if i not in chosen]
        self.trigger_y += [(t[0], t[2], 2.0) for t in self.triggers]
        self.titles = [(f, prep["titles"].get(i, 0)) for f, i in zip(w.first, w.words)]
        # (query piece, role, [(key piece, distance, filler type)] of one entity's names, [(the same, link)] of what may
        # refer to it, target, weight)
        self.pairs = []
        sent = prep["sentence"]
        def entities(i, types):
            by = collections.defaultdict(list)
            for f, j, e, t in self.fillers:
                if t in types and e is not None: by[prep["actor"].get(e, e)].append((f, M.bucket(j - i, sent[j] - sent[i]), M.FILLERS.index(t)))
            return by
        for f, i, k, s, ms in self.triggers:
            who = {prep["actor"].get(p["entity"], p["entity"]) for m in ms for p in m["participants"] if p["entity"]}
            where = {prep["actor"].get(m["place"], m["place"]) for m in ms if m["place"]}
            names = entities(i, ("PER", "ORG", "GPE", "NORP")); links = collections.defaultdict(list)
            for piece, j, kind, linked in self.candidates:
                for e, p in linked:
                    links[prep["actor"].get(e, e)].append((piece, M.bucket(j - i, sent[j] - sent[i]), 7 + kind, p))
            for e in sorted(names.keys() | links.keys()):
                # An actor reached through descriptions alone, and wrongly, says little.
                self.pairs.append((f, 0, names.get(e, []), links.get(e, []), float(e in who), 1.5 if e in who else 1.0 if e in names else 0.5))
            for e, keys in entities(i, ("GPE", "LOC", "FAC")).items(): self.pairs.append((f, 1, keys, [], float(e in where), 1.5 if e in where else 0.7))
            # Undated articles leave dates unannotated even where the words are there.
            if doc.gold["date"] or any(m["date"] for m in ms):
                right = {d for m in ms if m["date_words"] for d in dated(doc, m, prep["dates"])}
                for piece, j, a, b in self.dates:
                    self.pairs.append((f, 2, [(piece, M.bucket(j - i, sent[j] - sent[i]), 11)], [], float(j in right), 1.5 if j in right else 0.7))
        for i, (person, body) in prep["offices"].items():
            if i not in at: continue
            for e, keys in entities(i, ("PER",)).items(): self.pairs.append((at[i], 3, keys, [], float(e == prep["actor"].get(person, person)), 0.5))
            for e, keys in entities(i, ("ORG", "GPE", "NORP", "LOC", "FAC")).items(): self.pairs.append((at[i], 4, keys, [], float(body is not None and e == prep["actor"].get(body, body)), 0.5))


def people(data):
    """Full names of people in the corpora that may be learned from, as lists of words: what swap() draws from."""
    docs = [d for f in ("train", "sentences", "briefs") for d in D.annotated(data / f"gold/{f}.jsonl")]
    docs += [d for f in ("wikigold", "crossner-politics-train", "crossner-politics-dev", "gum-news", "gum-interview", "gum-speech", "btc-f") for d in D.bio(data / f"ner/{f}.bio.tsv")]
    names = {tuple(d.words[a:b]) for d in docs for a, b, t in D.spans_of(d.tags) if t.lower() in ("per", "person", "politician") and 2 <= b - a <= 4}
    return sorted(n for n in names if all(w[:1].isalpha() for w in n))


def swap(doc, prep, pool, rng):
    """A copy in which people bear other names, each the same one throughout: who met whom is learned from the sentence,
    not from who usually does. Word positions are moved along."""
    new = {}; longest = {}
    ends = {a: b for a, b, t in D.spans_of(doc.tags) if t == "PER"}
    for i, e, t in prep["fillers"]:
        if t == "PER" and i in ends and ends[i] - i > len(longest.get(e, ())): longest[e] = doc.words[i:ends[i]]
    for e in longest: new[e] = rng.choice(pool)
    who = {i: e for i, e, t in prep["fillers"] if t == "PER" and i in ends}
    words, tags, at, i = [], [], [], 0
    while i < len(doc.words):
        if i in who:
            old = doc.words[i:ends[i]]; name = new[who[i]]
            if len(old) == 1 and len(longest[who[i]]) > 1: name = name[:1] if old[0] == longest[who[i]][0] else name[-1:]
            if len(old[0]) > 1 and old[0].isupper(): name = [w.upper() for w in name]
            at += [len(words)] * len(old); words += name; tags += ["B-PER"] + ["I-PER"] * (len(name) - 1); i = ends[i]
        else: at.append(len(words)); words.append(doc.words[i]); tags.append(doc.tags[i]); i += 1
    at.append(len(words)); moved = dict(prep)
    moved["sentence"] = [0] * len(words)
    sents = [(at[a], at[b]) for a, b in doc.sents]
    for k, (a, b) in enumerate(sents):
        for j in range(a, b): moved["sentence"][j] = k
    for key in ("fillers", "candidates", "dates"): moved[key] = [(at[x[0]], *x[1:]) for x in prep[key]]
    for key in ("triggers", "titles", "offices"): moved[key] = {at[j]: v for j, v in prep[key].items()}
    return D.Doc(words, sents, tags=tags, gold=doc.gold), moved


class FrameExample(Example):
    """A PropBank or FrameNet sentence: one trigger is known, and which pronouns and descriptions take part in it. It says
    nothing of names, status or titles."""

    def __init__(self, w, doc):
        self.w = w; at = dict(zip(w.words, w.first)); i = doc.extra["trigger"]
        self.triggers, self.titles, self.pairs = [], [], []
        self.trigger_y = [(f, 0, 0.3) for f, j in zip(w.first, w.words) if j != i and not ANY.match(doc.words[j])] + [(at[i], M.KINDS.index(doc.extra["kind"]), 1.0)]
        for j, kind, _ in doc.extra["candidates"]:
            inside = any(a <= doc.spans[j][0] < b for a, b in doc.extra["args"])
            self.pairs.append((at[i], 0, [(at[j], M.bucket(j - i, 0), 7 + kind)], [], float(inside), 0.5))


def dated(doc, m, dates):
    """First words of the date expressions that carry `m`'s date words, the nearest to its evidence."""
    text, words = doc.gold["text"], m["date_words"]
    at = [h.start() for h in re.finditer(re.escape(words), text)]
    hits = [(min(abs(x - m["evidence"][0]) for x in at if x < b and a < x + len(words)), i) for i, a, b in dates if any(x < b and a < x + len(words) for x in at)]
    return [min(hits)[1]] if hits else []


def prepare(doc, doubt):
    """What every window of a gold document shares."""
    g = doc.gold; sentence = [0] * len(doc.words)
    for k, (a, b) in enumerate(doc.sents):
        for i in range(a, b): sentence[i] = k
    fillers = [(D.word_at(doc, m["start"]), m["entity"], m["type"]) for m in g["mentions"]]
    # A country and its people's name are one actor.
    actor, by = {}, {}
    for e in g["entities"]:
        if e["type"] in ("GPE", "NORP"): actor[e["id"]] = by.setdefault(country(e["name"]), e["id"])
    titles, offices = {}, {}
    persons = collections.defaultdict(list)
    for i, e, t in fillers:
        if t == "PER": persons[e].append(i)
    for r in g["roles"]:
        words = D.WORD.findall(r["title"]); low = [w.lower() for w in words]
        if not words: continue
        for i in range(len(doc.words) - len(words) + 1):
            if [w.lower() for w in doc.words[i:i + len(words)]] != low or i in titles: continue
            near = [j for j in persons[r["person"]] if sentence[j] == sentence[i] and -12 <= j - i <= len(words) + 14]
            if not near: continue
            titles[i] = 1; offices[i] = (r["person"], r["of"])
            for k in range(1, len(words)): titles[i + k] = 2
    return dict(sentence=sentence, fillers=fillers, triggers=triggers_of(doc), actor=actor, titles=titles, offices=offices, doubt=doubt, **doc.extra)


_prepared = {}


def examples(path, pieces, size, overlap, doubt, pool=(), rng=None, share=0.0):
    """Windows of a gold file; in `share` of the documents people bear names drawn from `pool`."""
    if path not in _prepared: _prepared[path] = [(doc, prepare(doc, doubt)) for doc in D.annotated(path)]
    out = []
    for doc, prep in _prepared[path]:
        if share and rng.random() < share: doc, prep = swap(doc, prep, pool, rng)
        out += [Example(w, doc, prep) for w in D.windows(doc, pieces, size, overlap)]
    return out


def disguise(doc, rng):
    """A copy in Title Case, ALL CAPS or lower case: headlines, and copies that lost their case."""
    r = rng.random(); f = str.title if r < 0.5 else str.upper if r < 0.8 else str.lower
    return D.Doc([f(w) if w.isalpha() else w for w in doc.words], doc.sents, tags=doc.tags)


def name_loss(model, h, ws, head=None, soft=None):
    rows, cols, y = [], [], []
    for b, w in enumerate(ws):
        rows += [b] * len(w.first); cols += w.first
    lg = (head or model.names)(model.drop(h[rows, cols]))
    if soft is not None:
        p = torch.tensor(np.concatenate(soft)).float(); return -(p * lg.float().log_softmax(-1)).sum(-1).mean()
    labels = head.labels if head else D.NAME_LABELS
    idx = {l: i for i, l in enumerate(labels)}
    y = torch.tensor([idx.get(w.doc.tags[i], 0) for w in ws for i in w.words])
    return F.cross_entropy(lg.float(), y, label_smoothing=0.02)


def relation_loss(model, h, exs):
    """Sum of the losses of the trigger, status, title and role heads."""
    rows = [b for b, e in enumerate(exs) for _ in e.trigger_y]
    ty = [t for e in exs for t in e.trigger_y]
    lg = model.triggers(model.drop(h[rows, [t[0] for t in ty]])).float(); wt = torch.tensor([t[2] for t in ty])
    loss = 2.0 * (F.cross_entropy(lg, torch.tensor([t[1] for t in ty]), reduction="none") * wt).sum() / wt.sum()
    if not any(e.titles for e in exs): return loss + role_loss(model, h, exs)
    rows = [b for b, e in enumerate(exs) for _ in e.titles]; ty = [t for e in exs for t in e.titles]
    loss = loss + F.cross_entropy(model.titles(h[rows, [t[0] for t in ty]]).float(), torch.tensor([t[1] for t in ty]))
    tr = [(b, t) for b, e in enumerate(exs) for t in e.triggers]
    if tr:
        lg = model.status(model.drop(h[[b for b, _ in tr], [t[0] for _, t in tr]])).float()
        loss = loss + 0.6 * F.cross_entropy(lg, torch.tensor([t[3] for _, t in tr]), label_smoothing=0.05)
    return loss + role_loss(model, h, exs)


def role_loss(model, h, exs):
    """Binary cross-entropy of every (query, entity, role) pair."""
    pairs = [(b, p) for b, e in enumerate(exs) for p in e.pairs]
    if pairs:
        absent = absence(model, h, pairs); y = torch.tensor([p[4] for _, p in pairs]); wt = torch.tensor([p[5] for _, p in pairs])
        bce = -(y * torch.log1p(-absent.exp().clamp(max=1 - 1e-5)) + (1 - y) * absent)
        return 2.0 * (bce * wt).sum() / wt.sum()
    return torch.zeros(())


def absence(model, h, pairs):
    """log P(the entity does not fill the role) for pairs (row of the batch, Example.pairs entry): names are joined by a
    soft maximum of their scores, what refers to the entity by a noisy-or weighted with the link's score."""
    flat = lambda j: [(n, b, p[0], p[1], *x) for n, (b, p) in enumerate(pairs) for x in p[j]]
    out = torch.zeros(len(pairs)); v = (len(M.ROLES), M.WIDTH)
    q, k = model.query(h).float().view(*h.shape[:2], *v), model.key(h).float().view(*h.shape[:2], *v)

    def scores(rows):
        n, b, f, r, key, dist, kind = (torch.tensor(c) for c in list(zip(*rows))[:7])
        return n, (q[b, f, r] * k[b, key, r]).sum(-1) / math.sqrt(M.WIDTH) + model.distance[dist, r] + model.filler[kind, r]
    names, links = flat(2), flat(3)
    if names:
        n, s = scores(names); named = torch.unique(n); back = torch.zeros(len(pairs), dtype=torch.long); back[named] = torch.arange(len(named))
        out = out.index_add(0, named, -F.softplus(pool(s, back[n], len(named))))
    if links:
        n, s = scores(links); out = out.index_add(0, n, torch.log1p(-(s.sigmoid() * torch.tensor([x[7] for x in links])).clamp(max=1 - 1e-5)))
    return out.clamp(max=-1e-6)


def pool(s, group, n):
    """Soft maximum (log-sum-exp) of the scores in each group."""
    m = torch.full((n,), -1e9).scatter_reduce(0, group, s.detach(), "amax")
    return m + torch.zeros(n).index_add(0, group, (s - m[group]).exp()).log()


def schedule(opt, total, warm=0.06):
    return torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min((s + 1) / (warm * total + 1), max(0.0, (total - s) / ((1 - warm) * total))))


def optimizer(model, extra, lr, head_lr):
    enc = [p for n, p in model.named_parameters() if n.startswith(("word", "position", "shape", "norm", "layers"))]; ids = {id(p) for p in enc}
    heads = [p for p in model.parameters() if id(p) not in ids] + [p for h in extra.values() for p in h.parameters()]
    return torch.optim.AdamW([{"params": enc, "lr": lr}, {"params": heads, "lr": head_lr}], weight_decay=0.01, fused=True)


def by_length(ws, budget, length=lambda w: len(w.ids)):
    """Batches of like length with at most `budget` pieces, in random order."""
    random.shuffle(ws); out = []
    for i in range(0, len(ws), 400):
        c = sorted(ws[i:i + 400], key=length); k = 0
        while k < len(c):
            n = 1
            while k + n < len(c) and (n + 1) * (length(c[k + n]) + 2) <= budget: n += 1
            out.append(c[k:k + n]); k += n
    random.shuffle(out)
    return out


def run(model, steps, opt, loss_of, tag, average=False):
    """steps: batches. loss_of(batch) => loss. Prints progress."""
    sched = schedule(opt, len(steps)); t0, avg, seen, mean = time.time(), None, 0, None
    for s, b in enumerate(steps):
        model.train(); loss, n = loss_of(b); seen += n
        opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); sched.step()
        # The shipped weights are a running average over the last third (Polyak & Juditsky 1992): steadier than the last step.
        if average and s >= len(steps) * 2 // 3:
            state = {k: v.detach() for k, v in model.state_dict().items()}
            if mean is None: mean = {k: v.clone() for k, v in state.items()}
            else: [mean[k].lerp_(v, 0.02) for k, v in state.items()]
        avg = loss.item() if avg is None else 0.98 * avg + 0.02 * loss.item()
        if s % 100 == 99: print(f"{tag} {s + 1}/{len(steps)} loss {avg:.3f} {seen / (time.time() - t0):.0f} pieces/s {time.time() - t0:.0f}s", flush=True)
    if mean: model.load_state_dict(mean)


def encode(model, ws, pieces):
    ids, sh, mask = M.batch(ws, pieces)
    with torch.autocast("cpu", torch.bfloat16): h = model.encode(ids, sh, mask)
    return h.float(), int(mask.sum())


def gold(a):
    """Whomet's own gold: (file, pieces of overlap between windows, doubt about what is not annotated)."""
    sets = [(a.data / f"gold/{f}.jsonl", o, d) for f, o, d in (("train", 64, 0.4), ("briefs", 64, 0.5), ("sentences", 0, 1.0))]
    own = a.work / "annotated.jsonl"  # annotated.py makes it
    return sets + ([(own, 64, 0.4)] if own.exists() else [])


def broad(model, a, pieces):
    """Phase 1: names of many corpora, each with a head of its own, and of whomet's."""
    extra, steps = nn.ModuleDict(), []
    for h, (files, share) in CORPORA.items():
        docs = sum((D.bio(a.data / f"ner/{f}.bio.tsv") for f in files), [])
        head = nn.Linear(384, len(ls := ["O"] + sorted({t for d in docs for t in d.tags} - {"O"}))); head.labels = ls; extra[h] = head
        ws = [w for d in docs for w in D.windows(d, pieces, 192)]; random.shuffle(ws)
        steps += [(h, b) for b in by_length(ws[: int(len(ws) * share)], 2600)]
    # Whomet's own gold takes part, so that its head is alive from the start.
    own = [w for f, *_ in gold(a) for d in D.annotated(f) for w in D.windows(d, pieces, 256)]
    steps += [("", b) for b in by_length(own, 2600)] * 2
    random.shuffle(steps)
    steps.sort(key=lambda s: (0 if s[0] else 0.4) + random.random())  # own guidelines towards the end

    def loss_of(step):
        h, ws = step
        x, n = encode(model, ws, pieces)
        return name_loss(model, x, ws, extra[h] if h else None), n
    run(model, steps, optimizer(model, extra, 2e-4, 1e-3), loss_of, "broad")


def silver(model, a, pieces):
    """Phase 1, second part: the teacher's soft labels of open news, and whomet's own gold once more."""
    flat = np.fromfile(a.work / "teacher/silver.f16", np.float16).reshape(-1, len(D.NAME_LABELS)); at, ws, rng = 0, [], random.Random(5)
    for line in open(a.work / "teacher/silver.jsonl"):
        o = json.loads(line); doc = D.Doc(o["words"], [tuple(s) for s in o["sents"]]); p = flat[at:at + len(doc.words)]; at += len(doc.words)
        for epoch in range(a.silver_epochs):
            shown = disguise(doc, rng) if rng.random() < 0.1 else doc
            for w in D.windows(shown, pieces, 192 if epoch % 2 else 256): w.soft = p[w.words[0]:w.words[-1] + 1]; ws.append(w)
    print("silver windows", len(ws), "words", at, flush=True)
    own = [w for f, *_ in gold(a) for d in D.annotated(f) for w in D.windows(d, pieces, 256)]
    steps = [(b, True) for b in by_length(ws, 2600)] + [(b, False) for b in by_length(own, 2600)]
    random.shuffle(steps)

    def loss_of(step):
        ws, soft = step
        x, n = encode(model, ws, pieces)
        return name_loss(model, x, ws, None, [w.soft for w in ws] if soft else None), n
    run(model, steps, optimizer(model, {}, 2e-4, 1e-3), loss_of, "silver")


def joint(model, a, pieces, seed):
    """Phase 2, with its own order of examples and its own names swapped in."""
    random.seed(seed); torch.manual_seed(seed)
    steps, pool, rng = [], people(a.data), random.Random(seed)
    print(len(pool), "names to swap in", flush=True)
    for epoch in range(a.epochs):
        exs = [e for f, o, d in gold(a) for e in examples(f, pieces, (256, 200, 232)[epoch % 3], o, d, pool, rng, 0.6)]
        steps += by_length(exs, 2600, lambda e: len(e.w.ids))
    docs = [d for f, *_ in gold(a) for d in D.annotated(f)]
    hidden = [w for e in range(a.epochs) for d in docs if rng.random() < 0.12 for w in D.windows(disguise(d, rng), pieces, 200)]
    steps += by_length(hidden, 2600)
    frames = [FrameExample(w, d) for d in D.frames(a.data / "rel") for w in D.windows(d, pieces, 256) if d.extra["trigger"] in w.words]
    for _ in range(2): steps += by_length(list(frames), 2600, lambda e: len(e.w.ids))
    random.shuffle(steps); steps.sort(key=lambda b: random.random() + (0 if isinstance(b[0], FrameExample) else 0.3))
    print(len(frames), "frame sentences,", len(steps), "steps", flush=True)

    def loss_of(b):
        plain = isinstance(b[0], D.Window); ws = b if plain else [e.w for e in b]
        x, n = encode(model, ws, pieces)
        if isinstance(b[0], FrameExample): return relation_loss(model, x, b), n
        loss = name_loss(model, x, ws)
        return (loss if plain else loss + relation_loss(model, x, b)), n
    run(model, steps, optimizer(model, {}, a.lr, 8e-4), loss_of, "joint", average=True)


def evaluate(model, a, pieces, file="dev"):
    """Name F, and how the relation heads do with gold names: enough to compare runs; the product is scored by score.py."""
    model.eval(); tp = fp = fn = 0; tr = [0, 0, 0]; kind = [0, 0]; stat = [0, 0]; part = [[], [], []]; per = collections.defaultdict(lambda: [0, 0, 0])
    for e in examples(a.data / f"gold/{file}.jsonl", pieces, 256, 0, 1.0):
        with torch.inference_mode():
            ids, sh, _ = M.batch([e.w], pieces); h = model.encode(ids, sh)
            n = model.names(h)[0].argmax(-1); P = D.spans_of([D.NAME_LABELS[n[f]] for f in e.w.first]); G = D.spans_of([D.NAME_LABELS[y] for _, y in e.names])
            tp += len(P & G); fp += len(P - G); fn += len(G - P)
            for x in P & G: per[x[2]][0] += 1
            for x in P - G: per[x[2]][1] += 1
            for x in G - P: per[x[2]][2] += 1
            k = model.triggers(h)[0].argmax(-1); gold = {t[0]: t for t in e.triggers}
            got = {f for f in e.w.first if k[f]}
            tr[0] += len(got & gold.keys()); tr[1] += len(got - gold.keys()); tr[2] += len(gold.keys() - got)
            st = model.status(h)[0].argmax(-1)
            for f, t in gold.items(): kind[0] += int(k[f]) == t[2]; kind[1] += 1; stat[0] += int(st[f]) == t[3]; stat[1] += 1
            pairs = [(0, p) for p in e.pairs if p[1] < 3]
            for (_, p), x in zip(pairs, absence(model, h, pairs) if pairs else []): part[p[1]].append((1 - float(x.exp()), p[4]))
    print(f"{file}: names F {D.f1(tp, fp, fn):.2f} " + " ".join(f"{t} {D.f1(*v):.1f}" for t, v in sorted(per.items())))
    print(f"  triggers F {D.f1(*tr):.1f} (P {100 * tr[0] / max(1, tr[0] + tr[1]):.1f} R {100 * tr[0] / max(1, tr[0] + tr[2]):.1f})  kind {kind}  status {stat}")
    for r in (0, 1, 2):
        best = max((D.f1(sum(y for s, y in part[r] if s > t), sum(1 - y for s, y in part[r] if s > t), sum(y for s, y in part[r] if s <= t)), t) for t in np.arange(0.1, 0.9, 0.05))
        print(f"  {M.ROLES[r]} given triggers: best F {best[0]:.1f} at {best[1]:.2f} of {sum(y for _, y in part[r]):.0f}", flush=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", type=Path, required=True); ap.add_argument("--work", type=Path, required=True); ap.add_argument("--base", type=Path, required=True)
    ap.add_argument("--score", type=Path, default=None); ap.add_argument("--threads", type=int, default=2); ap.add_argument("--epochs", type=int, default=8)
    ap.add_argument("--lr", type=float, default=2e-4); ap.add_argument("--silver-epochs", type=int, default=1); ap.add_argument("--out", default="student.pt"); ap.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    a = ap.parse_args(); torch.set_num_threads(a.threads); random.seed(0); torch.manual_seed(0); a.work.mkdir(parents=True, exist_ok=True)
    load_demonyms(a.score or a.data.parent / "tools/score.py")
    pieces = D.Pieces(a.base / "tokenizer.json"); model = M.Student(); model.load_base(a.base / "model.safetensors")
    stage = a.work / "broad.pt"
    if stage.exists(): model.load_state_dict(torch.load(stage)); print("phase 1 from", stage)
    else: broad(model, a, pieces); torch.save(model.state_dict(), stage)
    evaluate(model, a, pieces)
    stage = a.work / "silver.pt"
    if stage.exists(): model.load_state_dict(torch.load(stage)); print("silver labels from", stage)
    elif (a.work / "teacher/silver.jsonl").exists(): silver(model, a, pieces); torch.save(model.state_dict(), stage); evaluate(model, a, pieces)
    else: print("no silver labels: phase 1 on the NER corpora alone", flush=True)
    # Several runs of phase 2 from the same start, averaged weight by weight ("model soup", Wortsman et al. 2022): on dev
    # three runs together are better at names and encounters than each alone, at no cost in use.
    start = {k: v.clone() for k, v in model.state_dict().items()}; runs = []
    for seed in a.seeds:
        run_file = a.work / f"joint-{seed}.pt"
        if not run_file.exists():
            model.load_state_dict(start); joint(model, a, pieces, seed); torch.save(model.state_dict(), run_file); evaluate(model, a, pieces)
        runs.append(torch.load(run_file))
    soup = {k: sum(r[k] for r in runs) / len(runs) for k in start}
    model.load_state_dict(soup); torch.save(soup, a.work / a.out)
    evaluate(model, a, pieces)


if __name__ == "__main__":
    main()
