-- Finding by part of a name. A name is kept as its pairs of neighbouring characters, the last one with the end of the
-- line: whatever part of it is typed, the part's own pairs are among them, and a single character begins one of them.
-- Words are no measure, Chinese names have no spaces.

-- Places in a name, to count along.
CREATE TABLE gram_places (
    place INTEGER NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO gram_places (place)
    WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < 2000)
    SELECT place FROM places;

CREATE TABLE case_grams (
    gram TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (gram, id)
) STRICT, WITHOUT ROWID;
INSERT INTO case_grams (gram, id)
    SELECT DISTINCT substr(lower(unit_name || char(10) || title || char(10)), place, 2) AS gram, id FROM cases, gram_places
    WHERE place < length(lower(unit_name || char(10) || title || char(10))) ORDER BY 1, 2;
CREATE TRIGGER cases_names_insert AFTER INSERT ON cases BEGIN
    INSERT INTO case_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.title || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.title || char(10)));
END;
CREATE TRIGGER cases_names_update AFTER UPDATE OF unit_name, title ON cases
WHEN NEW.unit_name <> OLD.unit_name OR NEW.title <> OLD.title BEGIN
    DELETE FROM case_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.title || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.title || char(10))));
    INSERT INTO case_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.title || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.title || char(10)));
END;
CREATE TRIGGER cases_names_delete AFTER DELETE ON cases BEGIN
    DELETE FROM case_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.title || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.title || char(10))));
END;

CREATE TABLE seal_grams (
    gram TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (gram, id)
) STRICT, WITHOUT ROWID;
INSERT INTO seal_grams (gram, id)
    SELECT DISTINCT substr(lower(unit_name || char(10) || name || char(10)), place, 2) AS gram, id FROM seals, gram_places
    WHERE place < length(lower(unit_name || char(10) || name || char(10))) ORDER BY 1, 2;
CREATE TRIGGER seals_names_insert AFTER INSERT ON seals BEGIN
    INSERT INTO seal_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER seals_names_update AFTER UPDATE OF unit_name, name ON seals
WHEN NEW.unit_name <> OLD.unit_name OR NEW.name <> OLD.name BEGIN
    DELETE FROM seal_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.name || char(10))));
    INSERT INTO seal_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER seals_names_delete AFTER DELETE ON seals BEGIN
    DELETE FROM seal_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.name || char(10))));
END;

CREATE TABLE unit_grams (
    gram TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (gram, id)
) STRICT, WITHOUT ROWID;
INSERT INTO unit_grams (gram, id)
    SELECT DISTINCT substr(lower(full_name || char(10)), place, 2) AS gram, id FROM units, gram_places
    WHERE place < length(lower(full_name || char(10))) ORDER BY 1, 2;
CREATE TRIGGER units_names_insert AFTER INSERT ON units BEGIN
    INSERT INTO unit_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.full_name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.full_name || char(10)));
END;
CREATE TRIGGER units_names_update AFTER UPDATE OF full_name ON units
WHEN NEW.full_name <> OLD.full_name BEGIN
    DELETE FROM unit_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.full_name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.full_name || char(10))));
    INSERT INTO unit_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.full_name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.full_name || char(10)));
END;
CREATE TRIGGER units_names_delete AFTER DELETE ON units BEGIN
    DELETE FROM unit_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.full_name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.full_name || char(10))));
END;

CREATE TABLE account_grams (
    gram TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (gram, id)
) STRICT, WITHOUT ROWID;
INSERT INTO account_grams (gram, id)
    SELECT DISTINCT substr(lower(login || char(10) || name || char(10)), place, 2) AS gram, id FROM accounts, gram_places
    WHERE place < length(lower(login || char(10) || name || char(10))) ORDER BY 1, 2;
CREATE TRIGGER accounts_names_insert AFTER INSERT ON accounts BEGIN
    INSERT INTO account_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.login || char(10) || NEW.name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.login || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER accounts_names_update AFTER UPDATE OF login, name ON accounts
WHEN NEW.login <> OLD.login OR NEW.name <> OLD.name BEGIN
    DELETE FROM account_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.login || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.login || char(10) || OLD.name || char(10))));
    INSERT INTO account_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.login || char(10) || NEW.name || char(10)), place, 2), NEW.id FROM gram_places
        WHERE place < length(lower(NEW.login || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER accounts_names_delete AFTER DELETE ON accounts BEGIN
    DELETE FROM account_grams WHERE id = OLD.id AND gram IN (
        SELECT substr(lower(OLD.login || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.login || char(10) || OLD.name || char(10))));
END;

CREATE TABLE announcement_grams (
    gram TEXT NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (gram, id)
) STRICT, WITHOUT ROWID;
INSERT INTO announcement_grams (gram, id)
    SELECT DISTINCT substr(lower(unit_name || char(10) || name || char(10)), place, 2) AS gram, number FROM announcements, gram_places
    WHERE place < length(lower(unit_name || char(10) || name || char(10))) ORDER BY 1, 2;
CREATE TRIGGER announcements_names_insert AFTER INSERT ON announcements BEGIN
    INSERT INTO announcement_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.name || char(10)), place, 2), NEW.number FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER announcements_names_update AFTER UPDATE OF unit_name, name ON announcements
WHEN NEW.unit_name <> OLD.unit_name OR NEW.name <> OLD.name BEGIN
    DELETE FROM announcement_grams WHERE id = OLD.number AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.name || char(10))));
    INSERT INTO announcement_grams (gram, id)
        SELECT DISTINCT substr(lower(NEW.unit_name || char(10) || NEW.name || char(10)), place, 2), NEW.number FROM gram_places
        WHERE place < length(lower(NEW.unit_name || char(10) || NEW.name || char(10)));
END;
CREATE TRIGGER announcements_names_delete AFTER DELETE ON announcements BEGIN
    DELETE FROM announcement_grams WHERE id = OLD.number AND gram IN (
        SELECT substr(lower(OLD.unit_name || char(10) || OLD.name || char(10)), place, 2) FROM gram_places
        WHERE place < length(lower(OLD.unit_name || char(10) || OLD.name || char(10))));
END;
