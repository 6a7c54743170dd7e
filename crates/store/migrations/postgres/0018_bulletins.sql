-- Announcements of the Center's own; a number is given with the publication.

CREATE TABLE bulletins (
    id         UUID NOT NULL CONSTRAINT "bulletins.id" PRIMARY KEY,
    number     BIGINT CONSTRAINT "bulletins.number" UNIQUE,
    state      TEXT NOT NULL,
    title      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX bulletins_changed ON bulletins (changed_at, id);
CREATE INDEX bulletins_state ON bulletins (state, changed_at, id);
CREATE INDEX bulletins_public ON bulletins (number) WHERE state = 'published';
