#!/usr/bin/env python3
"""How the shipped binary does on other people's annotations, which it never learns from, and how honest its confidence is.

usage: other_sets.py SHARED BINARY [--model DIR]

Names: PER, ORG and places (GPE, LOC and FAC as one) of CoNLL-2003 test, CleanCoNLL test and UNER PUD test, exact spans;
other types are left out on both sides, since guidelines differ. PLOVER (plv): of the test rows whose relation is CONSULT
the share whose source and target stand together in an encounter, of the REJECT rows the share joined in one of status
`not` or `possible`, and of all other rows the share joined at all. Reliability: encounters of gold/dev by confidence, and how
many of them are right (kind, status and at least two of their actors, as score.py aligns them). Standard library only.
"""
import argparse, collections, csv, json, re, subprocess, tempfile, types
from pathlib import Path

PLACES = {"GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "PER": "PER", "ORG": "ORG"}
NO_SPACE_BEFORE = re.compile(r"^([.,;:!?%)\]}]|'s|'|n't|’s)$")


def bio_documents(path):
    """Text of each document, as a person would have typed it, and its names as (start, end, label)."""
    docs, text, names, open_, glue = [], "", set(), None, True

    def flush():
        nonlocal text, names
        if text.strip(): docs.append((text, names))
        text, names = "", set()
    for line in open(path, encoding="utf8"):
        line = line.rstrip("\n")
        if line.startswith("# doc"): flush(); glue = True; continue
        if not line.strip():
            if open_: names.add(open_); open_ = None
            if text and not text.endswith("\n"): text += "\n"
            glue = True
            continue
        word, tag = line.split("\t")
        if not glue and not NO_SPACE_BEFORE.match(word): text += " "
        start = len(text); text += word; glue = word in "([{"
        if open_ and (tag == "O" or tag[0] == "B" or tag[2:] != open_[2]): names.add(open_); open_ = None
        if tag != "O": open_ = (open_[0] if open_ else start, len(text), tag[2:])
    if open_: names.add(open_)
    flush()
    return docs


def extract(a, articles):
    """documents.jsonl of {"id", "text", …} articles, as a dict by id."""
    with tempfile.TemporaryDirectory() as tmp:
        path = Path(tmp) / "in.jsonl"; path.write_text("".join(json.dumps(x) + "\n" for x in articles), encoding="utf8")
        command = [a.binary, "extract", path, "-o", f"{tmp}/out", "-q", "-f", "jsonl"] + (["--model", a.model] if a.model else [])
        subprocess.run(command, check=False)
        return {d["id"]: d for d in map(json.loads, open(f"{tmp}/out/documents.jsonl", encoding="utf8"))}


def names(a, scorer, file):
    docs = bio_documents(a.shared / f"data/ner/{file}.bio.tsv")
    found = extract(a, [{"id": str(i), "text": t} for i, (t, _) in enumerate(docs)])
    count = collections.defaultdict(lambda: [0, 0, 0])
    for i, (text, gold) in enumerate(docs):
        d = found.get(str(i), {"text": text, "mentions": []})
        G = {(s, e, PLACES[t]) for s, e, t in gold if t in PLACES}
        P = {(m["start"], m["end"], PLACES[m["type"]]) for m in scorer.align({"text": text}, d) if m["type"] in PLACES}
        for j, x in ((0, G & P), (1, P - G), (2, G - P)):
            for s in x: count["all"][j] += 1; count[s[2]][j] += 1
    total = "P %.1f R %.1f F %.1f" % scorer.prf(*count["all"])
    print(f"{file}: {total}   " + "  ".join(f"{t} {scorer.prf(*count[t])[2]:.1f}" for t in ("PER", "ORG", "LOC")))


def plover(a):
    rows = list(csv.DictReader(open(a.shared / "data/rel/plv/PLV_test.tsv", encoding="utf8"), delimiter="\t"))
    found = extract(a, [{"id": str(i), "text": r["sentence"]} for i, r in enumerate(rows)])
    tally = collections.defaultdict(lambda: [0, 0])
    for i, r in enumerate(rows):
        d = found.get(str(i)); joined, doubted = False, False
        for m in d["meetings"] if d else ():
            actors = [[d["text"][x["start"]:x["end"]] for x in d["mentions"] if x["entity"] == e] for e in
                      [p["entity"] for p in m["participants"]] + ([m["place"]] if m["place"] else [])]
            side = lambda words: {k for k, surfaces in enumerate(actors) if any(s in words or words in s for s in surfaces)}
            s, t = side(r["source"]), side(r["target"])
            if s and t and len(s | t) > 1: joined = True; doubted |= m["status"] in ("not", "possible")
        group = r["gold_root"] if r["gold_root"] in ("CONSULT", "REJECT") else "other"
        tally[group][1] += 1; tally[group][0] += doubted if group == "REJECT" else joined
    for g, what in (("CONSULT", "joined in an encounter"), ("REJECT", "joined with status not or possible"), ("other", "wrongly joined")):
        k, n = tally[g]; print(f"plv {g}: {k}/{n} ({100 * k / max(1, n):.1f} %) {what}")


def reliability(a, s):
    gold = {d["id"]: d for d in map(json.loads, open(a.shared / "data/gold/dev.jsonl", encoding="utf8"))}
    found = extract(a, [{k: g[k] for k in ("id", "text", "title", "date", "source") if g.get(k)} for g in gold.values()])
    bins = collections.defaultdict(lambda: [0, 0, 0.0])
    for i, g in gold.items():
        p = found.get(i)
        if not p: continue
        emap, act, pact = s.entity_map(g, s.align(g, p)), s.actors(g), s.actors(p)
        gkey = lambda e: act.get(e, ("E", e))
        pkey = lambda e: gkey(emap[e]) if e in emap else (pact.get(e) if pact.get(e, ("?",))[0] == "C" else ("X", e))
        G, P = s.encounters(g, gkey), s.encounters(p, pkey)
        right = {y for x, y in s.alignment(G, P) if G[x][:2] == P[y][:2] and len(G[x][4] & P[y][4]) >= min(2, len(G[x][4]))}
        for y, m in enumerate(p["meetings"]):
            b = bins[min(4, int(m["confidence"] * 5))]; b[0] += 1; b[1] += y in right; b[2] += m["confidence"]
    print("reliability on dev (confidence: encounters, mean confidence, share right)")
    for b in sorted(bins): n, r, c = bins[b]; print(f"  {b / 5:.1f}-{(b + 1) / 5:.1f}: {n:3d}  {c / n:.2f}  {r / n:.2f}")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("shared", type=Path); ap.add_argument("binary"); ap.add_argument("--model"); a = ap.parse_args()
    # score.py runs when imported; its functions are wanted without its last line.
    source = (a.shared / "tools/score.py").read_text().rsplit("\nmain()", 1)[0]
    scorer = types.ModuleType("score"); exec(compile(source, "score.py", "exec"), scorer.__dict__)
    for file in ("conll2003-test", "cleanconll-test", "uner-pud-test"): names(a, scorer, file)
    plover(a); reliability(a, scorer)


if __name__ == "__main__":
    main()
