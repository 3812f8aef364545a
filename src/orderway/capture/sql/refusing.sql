-- name: leaves
-- What decides whether an act on an input is refused: its state, what was read, who and what is meant, and how many orders its file holds.
select i.id, i.name, i.state, i.draft::text as draft, i.customer_id, i.items,
       (select count(*)::integer from intake s where s.document_id = i.document_id and {visible intake s}) as of_file
from intake i where i.id = %(id)s::bigint and {visible intake i}
