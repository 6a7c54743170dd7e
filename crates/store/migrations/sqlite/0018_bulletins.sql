-- Announcements of the Center's own; a number is given with the publication.

CREATE TABLE bulletins (
    id         BLOB NOT NULL PRIMARY KEY,
    number     INTEGER UNIQUE,
    state      TEXT NOT NULL,
    title      TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX bulletins_changed ON bulletins (changed_at, id);
CREATE INDEX bulletins_state ON bulletins (state, changed_at, id);
CREATE INDEX bulletins_public ON bulletins (number) WHERE state = 'published';
