-- name: written
-- What was written already for these purposes.
select m.once from message m where m.once = any(%(once)s::text[]) and {visible message m}
