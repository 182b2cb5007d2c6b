# Faults of several semsds and of duties beside a load, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 2 F45 F46
