"""Clip accuracy of several models together: the mean of their probabilities, fold by fold.

    earwitness train DATA/esc10 --cross-validate --folds-only --seed 1 --output runs/seed1
    earwitness train DATA/esc10 --cross-validate --folds-only --seed 2 --output runs/seed2
    python3 Benchmarks/ensemble/score.py .build/release/earwitness DATA/esc10 runs/seed1 runs/seed2

DATA/esc10 holds a folder of clips for each class, whose names begin with the fold (1-30226-A.ogg).
Each RUN holds the models fold-1, fold-2, …, trained without that fold and tested on its clips.
`earwitness analyze --scores` gives the probabilities every 240 ms. A clip's class is the highest mean
over all models and over its windows with the gate open (at -60 dBFS), which for one model is the clip
accuracy that `train` prints. Prints a table in Markdown: each run alone, and all together. Needs no
package.
"""
import argparse
import csv
import pathlib
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("earwitness")
parser.add_argument("clips", type=pathlib.Path)
parser.add_argument("runs", type=pathlib.Path, nargs="+", metavar="RUN")
parser.add_argument("--jobs", type=int, default=2, help="clips analysed at a time")
options = parser.parse_args()

GATE = "gate: {open_dbfs: -60, close_dbfs: -60, floor_margin_db: off}\ndetection: {hop_s: 0.24}\n"


def folds_of(run):
    folds = sorted(int(path.parent.name[5:]) for path in run.glob("fold-*/model.yaml"))
    if not folds:
        sys.exit(f"{run} holds no fold-1/model.yaml. 'earwitness train --cross-validate --output' "
                 "writes the models of the folds.")
    return folds


def probabilities(model, clips):
    """For each clip the mean of each class's probabilities over its windows with the gate open."""
    means = {}
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "gate.yaml")
        config.write_text(GATE)
        subprocess.run([options.earwitness, "analyze", "--config", config, "--model", model,
                        "--scores", f"{folder}/scores", "--jobs", str(options.jobs),
                        "--format", "csv", *clips], check=True, stdout=subprocess.DEVNULL)
        for clip in clips:
            with open(pathlib.Path(folder, "scores", f"{clip.stem}.csv"), newline="") as file:
                rows = csv.DictReader(file)
                names = [name for name in rows.fieldnames if name != "start_s"]
                asked = [row for row in rows if row[names[0]]]
            # A clip without a window above the gate gets no class.
            means[clip] = {name: statistics.fmean(float(row[name]) for row in asked)
                           for name in names} if asked else {}
    return means


def accuracy(members, clips):
    """The share of clips, in percent, that the mean of the members classifies correctly."""
    right = 0
    for clip in clips:
        votes = [scores[clip] for scores in members]
        sums = {name: sum(vote[name] for vote in votes) for name in votes[0]}
        right += bool(sums) and max(sums, key=sums.get) == clip.parent.name
    return 100 * right / len(clips)


folds = folds_of(options.runs[0])
table = {run: [] for run in options.runs}
together = []
for fold in folds:
    clips = sorted(path for path in options.clips.glob("*/*")
                   if path.is_file() and path.name.startswith(f"{fold}-"))
    if not clips:
        sys.exit(f"{options.clips} holds no clips of fold {fold}, such as dog/{fold}-30226-A.ogg.")
    members = []
    for run in options.runs:
        members.append(probabilities(run / f"fold-{fold}", clips))
        table[run].append(accuracy(members[-1:], clips))
    together.append(accuracy(members, clips))
    print(f"fold {fold} of {len(folds)}", file=sys.stderr)

print("| models | " + " | ".join(f"fold {fold}" for fold in folds) + " | clip accuracy % |")
print("|---|" + "---|" * (len(folds) + 1))
rows = [(str(run), figures) for run, figures in table.items()]
for name, figures in rows + [(f"all {len(rows)} together", together)]:
    print(f"| {name} | " + " | ".join(f"{figure:.2f}" for figure in figures)
          + f" | {statistics.fmean(figures):.2f} ± {statistics.pstdev(figures):.2f} |")
