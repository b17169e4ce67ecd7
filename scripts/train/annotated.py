"""scripts/train/annotations/*.txt + open news => WORK/annotated.jsonl, gold articles in the format of shared/data/gold.

The specs were written for whomet by reading articles (shared/tools/annotate/GUIDE.md); they hold ids, names and short quotes,
and become gold with the texts they were written for, which stay where they are.
"""
import argparse, json, lzma, re, subprocess, sys
from pathlib import Path


def main():
    ap = argparse.ArgumentParser()
    for name in ("specs", "shared", "work"): ap.add_argument(f"--{name}", type=Path, required=True)
    a = ap.parse_args(); a.work.mkdir(parents=True, exist_ok=True)
    specs = "".join(p.read_text(encoding="utf8").rstrip() + "\n" for p in sorted(a.specs.glob("*.txt")))
    wanted = set(re.findall(r"^### DOC (\S+)", specs, re.M))
    packet, spec, marked = a.work / "packet.jsonl", a.work / "specs.txt", a.work / "marked.txt"
    spec.write_text(specs, encoding="utf8")
    with lzma.open(a.shared / "data/news/open-news.jsonl.xz", "rt", encoding="utf8") as news:
        packet.write_text("".join(line for line in news if json.loads(line)["id"] in wanted), encoding="utf8")
    tools = a.shared / "tools/annotate"
    subprocess.run([sys.executable, tools / "apply.py", packet, spec, marked], check=True)
    subprocess.run([sys.executable, tools / "check.py", packet, marked, a.work / "annotated.jsonl"], check=True)
    for path in (packet, spec, marked): path.unlink()


if __name__ == "__main__":
    main()
