"""Counts calls: the architecture `capuchin`, trained on one class alone, on composed recordings.

    swift build -c release --product earwitness        (in the repository)
    python3 count.py ../../.build/release/earwitness DATA --output counted

For each fold of DATA/esc10 a model is trained on the class in the other four folds, with their other
nine classes and DATA/ambientsounds_muges as negatives. Then recordings of three minutes are composed
of the fold's own clips, a quarter to a third of them calls of the class, over the streets of
DATA/berlin_noise, which no training used. `earwitness analyze --count` counts; Audacity labels are the
truth. Needs no package. Prints a table in Markdown with the error of always saying the mean number.
"""
import argparse
import csv
import io
import os
import pathlib
import statistics
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("earwitness")
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("--class", dest="name", default="rooster")
parser.add_argument("--architecture", default="capuchin")
parser.add_argument("--folds", default="1,2,3,4,5")
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--count", type=int, default=10, help="recordings a fold")
parser.add_argument("--cache", default=None)
parser.add_argument("--threshold", type=float, default=None, help="instead of the model's own")
parser.add_argument("--output", type=pathlib.Path, required=True)
options = parser.parse_args()
clips = (options.data / "esc10").resolve()
options.output.mkdir(parents=True, exist_ok=True)


def run(*arguments):
    return subprocess.run([options.earwitness, *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def train(fold):
    """A model trained without the fold; an existing one is reused."""
    model = options.output / f"model-{fold}"
    if (model / "model.onnx").exists():
        return model
    table = options.output / f"train-{fold}.csv"
    with open(table, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label"])
        for path in sorted(clips.glob("*/*")):
            if path.is_file() and not path.name.startswith(f"{fold}-"):
                rows.writerow([path, options.name if path.parent.name == options.name else ""])
        for path in sorted((options.data / "ambientsounds_muges").resolve().rglob("*.ogg")):
            rows.writerow([path, ""])
    cache = ["--cache", options.cache] if options.cache else []
    run("train", table, "--output", model, "--architecture", options.architecture, "--steps",
        options.steps, "--batch", options.batch, "--threads", options.threads, *cache)
    return model


def compose(fold):
    """Recordings of the fold's clips, those of the class three times as often as others."""
    scapes = options.output / f"recordings-{fold}"
    extra = options.output / "calls"
    if not extra.exists():
        extra.mkdir()
        os.symlink(clips / options.name, extra / options.name)
    if not scapes.exists():
        run("compose", clips, extra, extra, "--fold", fold, "--output", scapes, "--background",
            options.data / "berlin_noise", "--length", 180, "--events-per-minute", 8,
            "--longest-event", 3, "--count", options.count, "--seed", fold)
    return scapes


def counted(model, scapes):
    arguments = ["--format", "csv", "--count"]
    if options.threshold is not None:
        config = options.output / "config.yaml"
        config.write_text(f"detection: {{on: {options.threshold}, off: {options.threshold / 2}}}\n")
        arguments += ["--config", config]
    numbers = {}
    for row in csv.DictReader(io.StringIO(run("analyze", scapes, "--model", model, *arguments))):
        numbers[pathlib.Path(row["file"]).stem] = int(row[options.name])
    return numbers


print("| fold | recordings | calls | counted | mean error a recording | of the mean number |")
print("|---|---|---|---|---|---|")
all_errors, all_true, all_found = [], [], []
for fold in map(int, options.folds.split(",")):
    model, scapes = train(fold), compose(fold)
    found = counted(model, scapes)
    true, errors = [], []
    for labels in sorted(scapes.glob("*.txt")):
        lines = labels.read_text().splitlines()
        true.append(sum(line.split("\t")[2] == options.name for line in lines if "\t" in line))
        errors.append(found.get(labels.stem, 0) - true[-1])
    mean = statistics.mean(true)
    constant = statistics.mean(abs(n - mean) for n in true)
    print(f"| {fold} | {len(true)} | {sum(true)} | {sum(true) + sum(errors)} | "
          f"{statistics.mean(map(abs, errors)):.2f} | {constant:.2f} |", flush=True)
    all_errors += errors
    all_true += true
mean = statistics.mean(all_true)
print(f"| all | {len(all_true)} | {sum(all_true)} | {sum(all_true) + sum(all_errors)} | "
      f"{statistics.mean(map(abs, all_errors)):.2f} | "
      f"{statistics.mean(abs(n - mean) for n in all_true):.2f} |")
