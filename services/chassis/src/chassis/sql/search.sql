-- What searches compare: any case, any width. Other than ASCII, every character stands twice, so that two Chinese
-- characters make the three that pg_trgm asks for.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT regexp_replace(lower(normalize(given, NFKC)), '([^[\:ascii\:]])', '\1\1', 'g') $$;
CREATE FUNCTION search_pattern(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '%' || replace(replace(replace(search_words(given), '\', '\\'), '%', '\%'), '_', '\_') || '%' $$;
-- An area among the viewers of a search: the digits of its code as a uuid.
CREATE FUNCTION area_viewer(code text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CAST(lpad(code, 32, '0') AS uuid) $$;
