-- Finding by part of a name. A name is kept as its single characters and its pairs of neighbouring characters: whatever
-- part of it is typed, all of the part's own are among them. Words are no measure, Chinese names have no spaces.

CREATE FUNCTION name_grams(name TEXT) RETURNS TEXT[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT string_to_array(lower(name), NULL)
        || array(SELECT substr(lower(name), place, 2) FROM generate_series(1, length(name) - 1) AS place)
$$;

-- Entered at once instead of in batches: no search has to read through what waits, no act has to clear it up.
CREATE INDEX cases_names ON cases USING gin (name_grams(unit_name || chr(10) || title)) WITH (fastupdate = off);
CREATE INDEX seals_names ON seals USING gin (name_grams(unit_name || chr(10) || name)) WITH (fastupdate = off);
CREATE INDEX units_names ON units USING gin (name_grams(full_name)) WITH (fastupdate = off);
CREATE INDEX accounts_names ON accounts USING gin (name_grams(login || chr(10) || name)) WITH (fastupdate = off);
CREATE INDEX announcements_names
    ON announcements USING gin (name_grams(unit_name || chr(10) || name)) WITH (fastupdate = off);
