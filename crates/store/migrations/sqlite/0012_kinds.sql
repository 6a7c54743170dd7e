-- The keys of certificate requests (P10), to tell one seen before; seals by the end of their validity.

CREATE TABLE request_keys (
    material   BLOB NOT NULL PRIMARY KEY,
    case_id    BLOB NOT NULL,
    key_digest TEXT NOT NULL
) STRICT;
CREATE INDEX request_keys_key_digest ON request_keys (key_digest);

CREATE INDEX seals_not_after ON seals (status, not_after, id);
