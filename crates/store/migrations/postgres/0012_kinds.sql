-- The keys of certificate requests (P10), to tell one seen before; seals by the end of their validity.

CREATE TABLE request_keys (
    material   UUID NOT NULL CONSTRAINT "request_keys.material" PRIMARY KEY,
    case_id    UUID NOT NULL,
    key_digest TEXT NOT NULL
);
CREATE INDEX request_keys_key_digest ON request_keys (key_digest);

CREATE INDEX seals_not_after ON seals (status, not_after, id);
