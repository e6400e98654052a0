"""Checks an exported record without Langqiao: chain, tree, signed heads, books. Standard library only; shares no code with the writer.

python verify_audit.py FOLDER [HEADS ...] [--key HEX]    FOLDER as `langqiao audit export` writes it; HEADS: files kept elsewhere
python verify_audit.py --proof FILE [--key HEX]          FILE as `langqiao audit prove` prints it; HEX: the public key handed over apart"""
import collections, hashlib, json, pathlib, sys
P, L, FAULTS = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, []  # Ed25519, RFC 8032
D, I = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def raw(value): return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def fault(*words): FAULTS.append(" ".join(map(str, words)))
def without(told, *names): return {name: value for name, value in told.items() if name not in names}
def add(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P
def times(n, p):
    q = (0, 1, 1, 0)
    for bit in bin(n)[2:]: q = add(add(q, q), p) if bit == "1" else add(q, q)
    return q
def point(packed):
    y, sign = int.from_bytes(packed, "little") & (1 << 255) - 1, packed[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * I % P
    if (x * x - square) % P or y >= P: raise ValueError("a key or a signature is not on the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P
def signed(key, message, signature):
    s, base = int.from_bytes(signature[32:], "little"), point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, base), add(point(signature[:32]), times(h, point(key)))
    return len(signature) == 64 and s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))
def lines(path):
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            if raw(found := json.loads(line)) != line: raise ValueError("is not in canonical form")
            yield found
        except ValueError as error: fault(path.name, "line", number, error)
def check_head(head, keys):
    key, signature = bytes.fromhex(head["public_key"]), bytes.fromhex(head["signature"])
    if keys and key.hex() not in keys: fault("head", head["size"], "is signed with an unknown key")
    if head["key"] != sha(key).hex()[:16]: fault("head", head["size"], "names another key")
    if not signed(key, raw(without(head, "signature")), signature): fault("head", head["size"], "has a wrong signature")
def check_entry(entry):
    body = raw(without(entry, "seq", "prev_hash", "hash"))
    hashed = sha(bytes.fromhex(entry["prev_hash"]), entry["seq"].to_bytes(8, "big"), body)
    if hashed.hex() != entry["hash"]: fault("record", entry["seq"], "was changed")
    return sha(b"\0", bytes.fromhex(entry["hash"]))
def check_record(path, heads, transfers):
    roots, stack, previous, size = {head["size"]: None for head in heads}, [], "0" * 64, 0
    for size, entry in enumerate(lines(path), 1):
        if entry["seq"] != size: fault("record", size, "is expected and record", entry["seq"], "stands there")
        if entry["prev_hash"] != previous: fault("record", entry["seq"], "does not follow from the record before it")
        node, height, previous = check_entry(entry), 0, entry["hash"]
        while stack and stack[-1][0] == height: node, height = sha(b"\1", stack.pop()[1], node), height + 1
        stack.append((height, node))
        if size in roots:
            for _, left in stack[-2::-1]: node = sha(b"\1", left, node)
            roots[size] = node.hex(), previous
    for head in heads:
        if head["size"] > size: fault("head", head["size"], "was signed and only", size, "records are there: the end was cut off")
        elif roots[head["size"]] != (head["root"], head["last_hash"]): fault("head", head["size"], "was signed over other records")
        for name, end, last in head["also"]:
            if transfers.get(end) != last: fault("head", head["size"], "names another transfer", end, "of the", name)
    return size
def check_books(folder):
    fold, hashes, previous = collections.defaultdict(lambda: [0, 0, 0, 0]), {}, "0" * 64
    for number, row in enumerate(lines(folder / "transfers.jsonl"), 1):
        expected = number, previous, sha(raw(without(row, "hash"))).hex()
        if (row["seq"], row["prev_hash"], row["hash"]) != expected: fault("transfer", row["seq"], "was changed or moved")
        hashes[row["seq"]] = previous = row["hash"]
        for side, at in (("debit", 0), ("credit", 1)):
            fold[row[side], row["currency"]][at] += row["amount_fen"] if row["phase"] in ("transfer", "post") else 0
            fold[row[side], row["currency"]][at + 2] += row["held_fen"]
    sums = [f"{side}_{state}_fen" for state in ("posted", "pending") for side in ("debits", "credits")]
    told = {(row["id"], row["currency"]): [row[name] for name in sums] for row in lines(folder / "balances.jsonl")}
    for account in fold.keys() | told.keys():
        given, right = told.get(account), fold.get(account, [0] * 4)
        if given != right: fault("account", *account, "holds", given, "and its transfers give", right)
    return hashes
def check_proof(proof, keys):
    head, node, index = proof["head"], check_entry(proof["record"]), proof["record"]["seq"] - 1
    last, steps = head["size"] - 1, [bytes.fromhex(step) for step in proof["path"]]
    check_head(head, keys)
    while last:
        if index % 2: node = sha(b"\1", steps.pop(0), node)
        elif index != last: node = sha(b"\1", node, steps.pop(0))
        index, last = index // 2, last // 2
    if index or steps or node.hex() != head["root"]: fault("the record is not under the signed root")
    return "the record stands under the signed root"
def main(words):
    keys = [key for word, key in zip(words, words[1:]) if word == "--key"]
    first, *rest = (pathlib.Path(word) for word in words if word != "--key" and word not in keys)
    if first.name == "--proof": return check_proof(next(lines(rest[0])), keys)
    heads = [head for path in [first / "heads.jsonl", *rest] for head in lines(path)]
    for head in heads: check_head(head, keys)
    count = check_record(first / "record.jsonl", heads, check_books(first))
    return f"intact: {count} record(s), {len(heads)} signed head(s), last root {heads[-1]['root'] if heads else '-'}"
try: said = main(sys.argv[1:])
except Exception as error: fault("unreadable:", repr(error))
sys.exit("\n".join(FAULTS) if FAULTS else print(said))
