# Makes a key for each of the people, and starts the service on a free port of this machine.
for who in rosa tom max carl lea; do
  role=$([ $who = carl ] && echo finance || echo representative)
  remit key create . --name $who --person $who --role $role --database shop.db --json |
    python -c 'import json, sys; print(json.load(sys.stdin)["key"])' > $who.key
done
python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' > port
timeout 600 remit serve . --database shop.db --port $(cat port) > service.log 2>&1 &
echo $! > service.pid
python - <<'WAIT'
import time
import urllib.request
from pathlib import Path

for _ in range(900):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{Path('port').read_text().strip()}/readyz")
        break
    except OSError:
        time.sleep(0.1)
else:
    raise SystemExit("the service does not answer: see service.log")
WAIT
