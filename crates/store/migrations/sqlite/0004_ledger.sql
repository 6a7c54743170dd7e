-- The append-only log. Triggers refuse what would alter it; its Merkle tree proves it to others.

CREATE TABLE ledger_entries (
    place     INTEGER NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
) STRICT;
CREATE INDEX ledger_entries_at ON ledger_entries (at, place);
CREATE INDEX ledger_entries_subject ON ledger_entries (subject, place);

CREATE TABLE ledger_nodes (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- One row: how many entries there are, and the right edge of the tree (hashes of 32 bytes, one after the other).
CREATE TABLE ledger_frontier (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size   INTEGER NOT NULL,
    hashes BLOB NOT NULL
) STRICT;
INSERT INTO ledger_frontier (id, size, hashes) VALUES (1, 0, x'');

CREATE TRIGGER ledger_entries_keep_update BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_keep_delete BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_nodes_keep_update BEFORE UPDATE ON ledger_nodes
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_nodes_keep_delete BEFORE DELETE ON ledger_nodes
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_frontier_grow BEFORE UPDATE ON ledger_frontier WHEN NEW.size <= OLD.size
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_frontier_keep BEFORE DELETE ON ledger_frontier
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
