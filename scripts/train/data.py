"""Corpora => documents of words, sentences and labels.

Everything is cut by whomet's own segmenter (`cargo build --release --example prepare`), so that the model meets in
training exactly the tokens it meets in use. Offsets are characters, end exclusive. Licences and permitted use of each
corpus: shared/data/README.md; only those marked "train" are read for weights that ship.
"""
import collections, json, lzma, random, re, subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import Tokenizer

TYPES = ["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT"]
NAME_LABELS = ["O"] + [f"{p}-{t}" for t in TYPES for p in "BI"]
# The same cut as src/segment/tokens.rs, for corpora that come as tokens already.
WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+|[^\w\s]|_")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Doc:
    """A document cut into words. `tags` are BIO labels per word or None; `gold` is the annotated object or None."""
    words: list
    sents: list                      # (first word, one past the last word)
    spans: list = None               # (start, end) characters of each word
    tags: list = None
    gold: dict = None
    weight: float = 1.0
    extra: dict = field(default_factory=dict)


class Pieces:
    """Word pieces word by word, with a cache: the product encodes words one at a time too."""

    def __init__(self, tokenizer_json):
        self.tok = Tokenizer.from_file(str(tokenizer_json))
        self.tok.no_truncation(); self.tok.no_padding()
        self.unk = next(i for t in ("[UNK]", "<unk>") if (i := self.tok.token_to_id(t)) is not None)
        self.cls = next(i for t in ("[CLS]", "<s>") if (i := self.tok.token_to_id(t)) is not None)
        self.sep = next(i for t in ("[SEP]", "</s>") if (i := self.tok.token_to_id(t)) is not None)
        self.pad = next(i for t in ("[PAD]", "<pad>") if (i := self.tok.token_to_id(t)) is not None)
        self.cache = {}

    def __call__(self, word):
        ids = self.cache.get(word)
        if ids is None:
            ids = self.tok.encode(word, add_special_tokens=False).ids or [self.unk]
            self.cache[word] = ids
        return ids


def shape(word):
    """0 lower or caseless, 1 Capitalised, 2 ALL CAPS, 3 mixed: the token-type id that shows case to an uncased model."""
    if len(word) > 1 and word.isupper(): return 2
    if word[:1].isupper(): return 1
    return 3 if any(c.isupper() for c in word) else 0


def prepare(articles):
    """Tokens, sentences, candidates and dates of each article (objects with text, and mentions and entities where
    annotated), as the product cuts and finds them: scripts/dev/prepare.rs says what they hold."""
    exe = ROOT / "target/release/examples/prepare"
    if not exe.exists():
        subprocess.run(["cargo", "build", "--release", "--example", "prepare"], cwd=ROOT, check=True)
    lines = "".join(json.dumps({k: g[k] for k in ("text", "mentions", "entities") if k in g}) + "\n" for g in articles)
    out = subprocess.run([str(exe)], input=lines, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def jsonl(path):
    opener = lzma.open if str(path).endswith(".xz") else open
    with opener(path, "rt", encoding="utf8") as f:
        return [json.loads(line) for line in f]


def annotated(path):
    """Gold articles with BIO tags and their annotation."""
    golds = jsonl(path)
    docs = []
    for g, o in zip(golds, prepare(golds)):
        doc = Doc([g["text"][a:b] for a, b in o["tokens"]], [(a, b) for a, b, _ in o["sentences"]], [tuple(t) for t in o["tokens"]], gold=g)
        doc.extra = {"candidates": o["candidates"], "dates": o["dates"]}
        doc.tags = ["O"] * len(doc.words)
        for m in g["mentions"]:
            first = word_at(doc, m["start"]); last = word_at(doc, m["end"] - 1)
            for i in range(first, last + 1): doc.tags[i] = ("B-" if i == first else "I-") + m["type"]
        docs.append(doc)
    return docs


def word_at(doc, char):
    """The word that holds character `char`, or the next one."""
    lo, hi = 0, len(doc.spans)
    while lo < hi:
        mid = (lo + hi) // 2
        if doc.spans[mid][1] <= char: lo = mid + 1
        else: hi = mid
    return min(lo, len(doc.spans) - 1)


# PropBank rolesets and FrameNet units whose meaning is one of whomet's kinds, and the arguments that take part.
ROLESETS = {"meet.02": "meeting", "meet.03": "meeting", "negotiate.01": "meeting", "confer.01": "meeting", "consult.01": "meeting", "visit.01": "visit",
            "phone.01": "call", "call.03": "call"}
FRAMES = {("Contacting", "phone.v"): "call", ("Contacting", "telephone.v"): "call", ("Contacting", "call.n"): "call", ("Contacting", "call.v"): "call",
          ("Make_acquaintance", "meet.v"): "meeting", ("Come_together", "meet.v"): "meeting", ("Meet_with", "meet with.v"): "meeting",
          ("Discussion", "talk.n"): "meeting", ("Discussion", "meeting.n"): "meeting", ("Discussion", "negotiation.n"): "meeting", ("Discussion", "confer.v"): "meeting",
          ("Discussion", "discussion.n"): "meeting", ("Visiting", "visit.v"): "visit", ("Visiting", "visit.n"): "visit", ("Arriving", "visit.v"): "visit", ("Arriving", "visit.n"): "visit"}
ACTORS = {"ARG0", "ARG1", "ARG2", "Communicator", "Addressee", "Interlocutors", "Interlocutor_1", "Interlocutor_2", "Individuals", "Individual_1", "Individual_2",
          "Party_1", "Party_2", "Agent", "Theme"}


def frames(rel):
    """PropBank and FrameNet sentences with a contact predicate: documents whose extra holds `kind`, the predicate's first
    character and the characters of the arguments that take part."""
    rows = []
    for r in jsonl(rel / "propbank-ewt-contact.jsonl"):
        kind = ROLESETS.get(r["roleset"])
        if not kind or r["split"] == "test": continue
        starts, text = [], ""
        for w in r["tokens"]: starts.append(len(text)); text += w + " "
        ends = [s + len(w) for s, w in zip(starts, r["tokens"])]
        # Of a visit ARG1 is the place or host; of the other predicates all of ARG0-2 take part.
        actors = ACTORS - ({"ARG1", "ARG2"} if kind == "visit" else set())
        rows.append((text, kind, starts[r["pred"]], [(starts[a], ends[b - 1]) for n, a, b in r["args"] if n in actors]))
    for r in jsonl(rel / "framenet15-contact.jsonl"):
        kind = FRAMES.get((r["frame"], r["lu"]))
        if kind: rows.append((r["text"], kind, r["target"][0][0], [(a, b) for n, a, b in r["fes"] if n in ACTORS]))
    docs = []
    for (text, kind, at, args), o in zip(rows, prepare([{"text": t} for t, *_ in rows])):
        doc = Doc([text[a:b] for a, b in o["tokens"]], [(0, len(o["tokens"]))], [tuple(t) for t in o["tokens"]])
        doc.extra = {"kind": kind, "trigger": word_at(doc, at), "args": args, "candidates": o["candidates"]}
        docs.append(doc)
    return docs


def shingles(text, n=8):
    """Runs of `n` words in lower case, by which copies of a text are known."""
    words = re.sub(r"\W+", " ", text).lower().split()
    return {" ".join(words[i:i + n]) for i in range(max(1, len(words) - n))}


def unlabelled(path, limit_words=None, seed=1, without=None):
    """Open news documents in random order, without labels, up to `limit_words`; no copies of the texts in `without`."""
    raw = jsonl(path); random.Random(seed).shuffle(raw)
    held_out = set().union(*(shingles(d["text"]) for d in jsonl(without))) if without else set()
    kept, n = [], 0
    for d in raw:
        own = shingles(d["text"])
        if len(own & held_out) > 0.3 * len(own): continue
        kept.append({"text": d["text"]}); n += len(d["text"].split())
        if limit_words and n >= limit_words: break
    return [Doc([d["text"][a:b] for a, b in o["tokens"]], [(a, b) for a, b, _ in o["sentences"]], [tuple(x) for x in o["tokens"]]) for d, o in zip(kept, prepare(kept))]


def bio(path, sentences_per_doc=8):
    """A .bio.tsv corpus. Words are cut again by WORD; corpora without document marks are grouped into runs of sentences."""
    docs, sents, sent, marked = [], [], [], False

    def flush():
        nonlocal sents
        if sents:
            doc = Doc([], [], tags=[])
            for s in sents:
                start = len(doc.words)
                for w, t in s:
                    parts = WORD.findall(w) or [w]
                    for k, p in enumerate(parts):
                        doc.words.append(p)
                        doc.tags.append(t if k == 0 or t == "O" else "I-" + t[2:])
                doc.sents.append((start, len(doc.words)))
            docs.append(doc)
        sents = []

    for line in open(path, encoding="utf8", errors="replace"):
        line = line.rstrip("\n")
        if line.startswith("# doc"):
            if sent: sents.append(sent); sent = []
            flush(); marked = True
        elif not line.strip():
            if sent: sents.append(sent); sent = []
            if not marked and len(sents) >= sentences_per_doc: flush()
        elif not line.startswith("# "):
            p = line.split("\t") if "\t" in line else line.split()
            sent.append((p[0], p[-1]))
    if sent: sents.append(sent)
    flush()
    return docs


@dataclass
class Window:
    """Word pieces of consecutive sentences. `first[k]` is the piece (counting [CLS] as 0) of word `words[k]`."""
    doc: Doc
    words: list
    ids: list
    shapes: list
    first: list


def window(doc, words, pieces):
    ids, shapes, first = [], [], []
    for i in words:
        p = pieces(doc.words[i]); first.append(len(ids) + 1)
        ids += p; shapes += [shape(doc.words[i])] * len(p)
    return Window(doc, list(words), ids, shapes, first)


def windows(doc, pieces, size, overlap=0):
    """Packs consecutive sentences into windows of at most `size` pieces ([CLS] and [SEP] included), each beginning with
    up to `overlap` pieces of the sentences before it. Sentences longer than a window are cut between words."""
    units = []
    for a, b in doc.sents:
        start, n = a, 0
        for i in range(a, b):
            k = len(pieces(doc.words[i]))
            if i > start and n + k > size - 2: units.append((start, i, n)); start, n = i, 0
            n += k
        if b > start: units.append((start, b, n))
    out, p = [], 0
    while p < len(units):
        n, q = 0, p
        while q < len(units) and (q == p or n + units[q][2] <= size - 2): n += units[q][2]; q += 1
        out.append(window(doc, range(units[p][0], units[q - 1][1]), pieces))
        if q >= len(units): break
        back, k = 0, q
        while k - 1 > p and back + units[k - 1][2] <= min(overlap, size - 2 - units[q][2]): k -= 1; back += units[k][2]
        p = k
    return out


def spans_of(tags):
    """BIO tags => {(first, end, type)}."""
    out, open_ = set(), None
    for i, t in enumerate(list(tags) + ["O"]):
        if open_ and (t == "O" or t[0] == "B" or t[2:] != open_[1]): out.add((open_[0], i, open_[1])); open_ = None
        if t != "O" and open_ is None: open_ = (i, t[2:])
    return out


def f1(tp, fp, fn):
    return 100 * 2 * tp / max(1, 2 * tp + fp + fn)
