-- What the province's seal register is filtered and searched by; what the public reads of a change; special situations.

ALTER TABLE seals ADD COLUMN medium TEXT NOT NULL DEFAULT 'hosted';
ALTER TABLE seals ADD COLUMN key_serial TEXT;
ALTER TABLE seals ADD COLUMN credit_code TEXT NOT NULL DEFAULT '';
ALTER TABLE seals ADD COLUMN city TEXT;
ALTER TABLE seals ADD COLUMN level TEXT;
ALTER TABLE seals ADD COLUMN follow_up TEXT;
ALTER TABLE seals ADD COLUMN follow_up_due BIGINT;

UPDATE seals SET
    medium = coalesce(body::jsonb -> 'record' ->> 'medium', 'hosted'),
    key_serial = body::jsonb -> 'record' ->> 'key_serial',
    credit_code = coalesce(body::jsonb -> 'record' ->> 'credit_code', ''),
    city = (SELECT units.body::jsonb ->> 'city' FROM units WHERE units.id = seals.unit),
    level = (SELECT units.body::jsonb ->> 'level' FROM units WHERE units.id = seals.unit);

CREATE INDEX seals_credit_code ON seals (credit_code);
CREATE INDEX seals_key_serial ON seals (key_serial) WHERE key_serial IS NOT NULL;
CREATE INDEX seals_city ON seals (city, updated_at, id);
CREATE INDEX seals_follow_up ON seals (follow_up_due, id) WHERE follow_up_due IS NOT NULL;

ALTER TABLE announcements ADD COLUMN kind TEXT;
ALTER TABLE announcements ADD COLUMN reason TEXT;
ALTER TABLE announcements ADD COLUMN basis TEXT;

UPDATE announcements SET kind = (SELECT seals.kind FROM seals WHERE seals.code = announcements.code);

CREATE INDEX announcements_status ON announcements (status, number);
CREATE INDEX announcements_code ON announcements (code, number);

CREATE TABLE special_situations (
    id         UUID NOT NULL CONSTRAINT "special_situations.id" PRIMARY KEY,
    seal       UUID NOT NULL REFERENCES seals (id) DEFERRABLE INITIALLY DEFERRED,
    unit       UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    unit_name  TEXT NOT NULL,
    seal_name  TEXT NOT NULL,
    seal_code  TEXT NOT NULL,
    situation  TEXT NOT NULL,
    ended      BOOLEAN NOT NULL,
    due_at     BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX special_situations_due ON special_situations (ended, due_at, id);
CREATE INDEX special_situations_unit ON special_situations (unit, ended, due_at, id);
CREATE INDEX special_situations_seal ON special_situations (seal);
