"""Lints with datacontract-cli and writes what it used: datacontract_lint.py loop|call FILE..."""

import json
import logging
import os
import resource
import subprocess
import sys

mode, *files = sys.argv[1:]
logging.disable(logging.CRITICAL)

if mode == "loop":
    from datacontract.data_contract import DataContract

    for file in files:
        run = DataContract(data_contract_file=file).lint()
        if run.result != "passed":
            sys.exit(f"{file}: {run.result}: {[check.reason for check in run.checks]}")
    who = resource.RUSAGE_SELF
else:
    tool = os.path.join(os.path.dirname(sys.executable), "datacontract")
    for file in files:
        subprocess.run([tool, "lint", file], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    who = resource.RUSAGE_CHILDREN

used = resource.getrusage(who)
with open(os.environ["MESHWORK_BENCH_USAGE"], "w") as out:
    json.dump({"cpuSeconds": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss / 1024}, out)
