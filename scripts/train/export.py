"""student.pt => models/whomet: int8 ONNX graph, tokenizer, heads.json.

Weights are int8 per output channel, embeddings int8 too; activations are quantised as they come (DynamicQuantizeLinear,
per window: windows run alone, so a window's scores never depend on its neighbours). Weights use 7 bits ("reduce range"):
processors without VNNI add pairs of products in 16 bits, which 8-bit weights overflow.
"""
import argparse, hashlib, json, shutil
from pathlib import Path

import numpy as np, onnx, torch
from onnxruntime.quantization import QuantType, quantize_dynamic

import data as D, model as M

OUTPUTS = ["names", "triggers", "status", "titles", "query", "key"]


def export_float(model, path):
    """The fp32 graph, of any window length, batch 1."""
    model.eval(); ids = torch.randint(1000, 2000, (1, 40)); n = torch.export.Dim("pieces", min=2, max=512)
    program = torch.onnx.export(model, (ids, torch.zeros_like(ids)), None, input_names=["ids", "shapes"], output_names=OUTPUTS,
                                dynamic_shapes=({1: n}, {1: n}), opset_version=18, dynamo=True, external_data=False)
    program.save(str(path), external_data=False)


def quantize(src, dst, reduce_range=True):
    quantize_dynamic(str(src), str(dst), per_channel=True, reduce_range=reduce_range, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm", "Gather"])


def heads(model, extra):
    """Everything about the heads that is not in the graph."""
    return {"schema": "whomet/model", "version": 1, "names": D.NAME_LABELS, "triggers": M.KINDS, "status": M.STATUS, "titles": M.TITLES,
            "roles": M.ROLES, "fillers": M.FILLERS, "width": M.WIDTH,
            "distance": [[round(float(x), 5) for x in r] for r in model.distance], "filler": [[round(float(x), 5) for x in r] for r in model.filler], **extra}


# Sentences of our own for the parity fixture: names of many kinds, every trigger kind, capitals, accents, numbers.
PARITY = [
    "Foreign Minister Sergei Lavrov met Sonata Coulter and Alexander Darchiyev in Istanbul on Thursday, the U.S. State Department said.",
    "President Recep Tayyip Erdoğan spoke by telephone with Luiz Inácio Lula da Silva; they will meet in New York in September.",
    "KENYA'S RUTO CANCELS VISIT TO ADDIS ABABA",
    "The delegation, led by Finance Minister Aisha Bello, refused to hold talks with the Central Bank of Westland on 3 May 2024.",
]


def parity(model, pieces, path):
    """What PyTorch says of PARITY, for tests/model: per piece the name label and its probability, the trigger
    probabilities, and the participant score of the first piece with every other."""
    model.eval(); cases = []
    for text in PARITY:
        words = D.WORD.findall(text); w = D.window(D.Doc(words, [(0, len(words))]), range(len(words)), pieces)
        ids, sh, _ = M.batch([w], pieces)
        with torch.inference_mode(): names, triggers, status, titles, query, key = (x[0] for x in model(ids, sh))
        p = names.softmax(-1).max(-1)
        cases.append({"text": text, "ids": ids[0].tolist(), "shapes": sh[0].tolist(), "names": p.indices.tolist(), "probability": [round(x, 4) for x in p.values.tolist()],
                      "triggers": [[round(x, 4) for x in r] for r in triggers.softmax(-1).tolist()], "status": [[round(x, 4) for x in r] for r in status.softmax(-1).tolist()],
                      "participant": [round(x, 3) for x in (query[1, :M.WIDTH] * key[:, :M.WIDTH]).sum(-1).tolist()]})
    path.parent.mkdir(parents=True, exist_ok=True); path.write_text(json.dumps(cases, ensure_ascii=False).replace('}, {', '},\n{') + "\n")


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("--student", type=Path, required=True); ap.add_argument("--base", type=Path, required=True)
    ap.add_argument("--thresholds", type=Path, help="JSON written by tune.py"); ap.add_argument("--parity", type=Path, help="where to write the parity fixture")
    ap.add_argument("--out", type=Path, required=True); ap.add_argument("--work", type=Path, required=True); ap.add_argument("--float", action="store_true", help="ship fp32, for comparison")
    a = ap.parse_args(); a.out.mkdir(parents=True, exist_ok=True)
    model = M.Student(); model.load_state_dict(torch.load(a.student)); f32 = a.work / "student.f32.onnx"
    export_float(model, f32)
    if a.float: shutil.copy(f32, a.out / "model.onnx")
    else: quantize(f32, a.out / "model.onnx")
    shutil.copy(a.base / "tokenizer.json", a.out / "tokenizer.json")
    (a.out / "heads.json").write_text(json.dumps(heads(model, {"thresholds": json.loads(a.thresholds.read_text())} if a.thresholds else {}), indent=1) + "\n")
    if a.parity: parity(model, D.Pieces(a.base / "tokenizer.json"), a.parity)
    for n in ("model.onnx", "tokenizer.json", "heads.json"): print(sha256(a.out / n), (a.out / n).stat().st_size, n)


if __name__ == "__main__":
    main()
