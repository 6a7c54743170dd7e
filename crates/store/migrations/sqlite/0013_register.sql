-- What the province's seal register is filtered and searched by; what the public reads of a change; special situations.

ALTER TABLE seals ADD COLUMN medium TEXT NOT NULL DEFAULT 'hosted';
ALTER TABLE seals ADD COLUMN key_serial TEXT;
ALTER TABLE seals ADD COLUMN credit_code TEXT NOT NULL DEFAULT '';
ALTER TABLE seals ADD COLUMN city TEXT;
ALTER TABLE seals ADD COLUMN level TEXT;
ALTER TABLE seals ADD COLUMN follow_up TEXT;
ALTER TABLE seals ADD COLUMN follow_up_due INTEGER;

UPDATE seals SET
    medium = coalesce(json_extract(body, '$.record.medium'), 'hosted'),
    key_serial = json_extract(body, '$.record.key_serial'),
    credit_code = coalesce(json_extract(body, '$.record.credit_code'), ''),
    city = (SELECT json_extract(units.body, '$.city') FROM units WHERE units.id = seals.unit),
    level = (SELECT json_extract(units.body, '$.level') FROM units WHERE units.id = seals.unit);

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
    id         BLOB NOT NULL PRIMARY KEY,
    seal       BLOB NOT NULL REFERENCES seals (id) DEFERRABLE INITIALLY DEFERRED,
    unit       BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    unit_name  TEXT NOT NULL,
    seal_name  TEXT NOT NULL,
    seal_code  TEXT NOT NULL,
    situation  TEXT NOT NULL,
    ended      INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX special_situations_due ON special_situations (ended, due_at, id);
CREATE INDEX special_situations_unit ON special_situations (unit, ended, due_at, id);
CREATE INDEX special_situations_seal ON special_situations (seal);
