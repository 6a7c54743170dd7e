-- The append-only log. Triggers refuse what would alter it; its Merkle tree proves it to others.

CREATE TABLE ledger_entries (
    place     BIGINT NOT NULL CONSTRAINT "ledger_entries.place" PRIMARY KEY,
    at        BIGINT NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    subject   TEXT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    leaf_hash BYTEA NOT NULL CHECK (octet_length(leaf_hash) = 32)
);
CREATE INDEX ledger_entries_at ON ledger_entries (at, place);
CREATE INDEX ledger_entries_subject ON ledger_entries (subject, place);

CREATE TABLE ledger_nodes (
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    hash  BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT "ledger_nodes.level, ledger_nodes.place" PRIMARY KEY (level, place)
);

-- One row: how many entries there are, and the right edge of the tree (hashes of 32 bytes, one after the other).
CREATE TABLE ledger_frontier (
    id     BIGINT NOT NULL CONSTRAINT "ledger_frontier.id" PRIMARY KEY CHECK (id = 1),
    size   BIGINT NOT NULL,
    hashes BYTEA NOT NULL
);
INSERT INTO ledger_frontier (id, size, hashes) VALUES (1, 0, '');

CREATE FUNCTION ledger_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;
CREATE TRIGGER ledger_entries_keep BEFORE UPDATE OR DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_entries_keep_all BEFORE TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_nodes_keep BEFORE UPDATE OR DELETE ON ledger_nodes
    FOR EACH ROW EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_nodes_keep_all BEFORE TRUNCATE ON ledger_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_frontier_grow BEFORE UPDATE ON ledger_frontier
    FOR EACH ROW WHEN (NEW.size <= OLD.size) EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_frontier_keep BEFORE DELETE ON ledger_frontier
    FOR EACH ROW EXECUTE FUNCTION ledger_keep();
CREATE TRIGGER ledger_frontier_keep_all BEFORE TRUNCATE ON ledger_frontier
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep();
