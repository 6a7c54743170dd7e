-- Cases. Every list has an index that begins with who looks and ends in the list's order, and carries the columns that
-- further narrow it, so that a page and a capped count take the same time at any number of cases.

CREATE TABLE cases (
    id           UUID NOT NULL CONSTRAINT "cases.id" PRIMARY KEY,
    number       TEXT COLLATE "C" NOT NULL CONSTRAINT "cases.number" UNIQUE,
    business     TEXT NOT NULL,
    title        TEXT NOT NULL,
    unit         UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    unit_name    TEXT NOT NULL,
    credit_code  TEXT NOT NULL,
    consolidator UUID REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    at_center    BOOLEAN NOT NULL,
    filed_by     UUID NOT NULL,
    state        TEXT NOT NULL,
    stage        TEXT NOT NULL,
    status       TEXT NOT NULL,
    turn_role    TEXT,
    turn_unit    UUID,
    turn_since   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT NOT NULL
);

CREATE INDEX cases_unit ON cases (unit, updated_at, id, business, turn_role, turn_unit);
CREATE INDEX cases_unit_state ON cases (unit, state, updated_at, id, business, turn_role, turn_unit);
CREATE INDEX cases_consolidator
    ON cases (consolidator, updated_at, id, business, turn_role, turn_unit)
    WHERE consolidator IS NOT NULL;
CREATE INDEX cases_consolidator_state
    ON cases (consolidator, state, updated_at, id, business, turn_role, turn_unit)
    WHERE consolidator IS NOT NULL;
CREATE INDEX cases_center ON cases (updated_at, id, business, turn_role, turn_unit) WHERE at_center;
CREATE INDEX cases_center_state
    ON cases (state, updated_at, id, business, turn_role, turn_unit) WHERE at_center;
CREATE INDEX cases_turn
    ON cases (turn_unit, turn_role, updated_at, id, state, business) WHERE turn_unit IS NOT NULL;
CREATE INDEX cases_turn_center
    ON cases (turn_role, updated_at, id, state, business) WHERE turn_unit IS NULL;
CREATE INDEX cases_credit_code ON cases (credit_code, updated_at, id);
