# Runs a command and writes what it and its children used: python3 usage.py COMMAND ARGUMENT…
# MESHWORK_BENCH_USAGE names the file. Of programs that are not Node's, which say nothing of themselves.
import json, os, resource, subprocess, sys

file = os.environ.pop("MESHWORK_BENCH_USAGE", None)
done = subprocess.run(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if file:
    # Linux counts kilobytes, macOS bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    with open(file, "w") as out:
        json.dump({"cpuSeconds": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss / unit}, out)
sys.exit(done.returncode)
