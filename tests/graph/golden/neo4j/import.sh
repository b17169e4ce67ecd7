#!/bin/sh
# Makes a new Neo4j database (5 or later) of the files beside this script. The server must be stopped, or the
# database be another than the running one. Usage: sh import.sh [DATABASE] [--overwrite-destination=true]
set -eu
cd "$(dirname "$0")"
database=${1:-neo4j}
[ $# -eq 0 ] || shift
exec neo4j-admin database import full "$database" "$@" \
  --array-delimiter='|' --quote='"' --multiline-fields=false --legacy-style-quoting=false \
  --nodes=entities.csv \
  --nodes=events.csv \
  --nodes=articles.csv \
  --relationships=met.csv \
  --relationships=took_part.csv \
  --relationships=took_place.csv \
  --relationships=reported.csv \
  --relationships=visited.csv \
  --relationships=offices.csv \
  --relationships=part_of.csv \
  --relationships=copy_of.csv
