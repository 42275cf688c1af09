"""What the other engines' own loaders find in files of ours: python load.py shinka|openevolve <path>. Prints JSON; exit 3: not installed."""
import contextlib
import json
import sys

kind, path = sys.argv[1:]
try:
    with contextlib.redirect_stdout(sys.stderr):
        if kind == "shinka":
            from shinka.database.dbase import DatabaseConfig, ProgramDatabase
        else:
            from openevolve.config import DatabaseConfig
            from openevolve.database import ProgramDatabase
except ImportError as error:
    print(error)
    sys.exit(3)

with contextlib.redirect_stdout(sys.stderr):
    if kind == "shinka":
        db = ProgramDatabase(DatabaseConfig(db_path=path, num_islands=2, archive_size=4), embedding_model="")
        programs = db.get_all_programs()
        best = db.get_best_program()
        parent, _, _ = db.sample(target_generation=99)
        score = lambda p: p.combined_score if p.correct else None
        sampled = bool(parent.correct)
    else:
        db = ProgramDatabase(DatabaseConfig(num_islands=3, archive_size=5))
        db.load(path)
        programs = list(db.programs.values())
        best = db.get(db.best_program_id)
        score = lambda p: p.metrics.get("combined_score")
        sampled = all(db.sample_from_island(i)[0].id in db.programs for i in range(3))
print(json.dumps({"programs": {p.id: [p.code, p.parent_id, score(p)] for p in programs}, "best": best.id, "sampled": sampled}))
