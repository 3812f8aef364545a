-- name: ids
-- Ids for new links.
select nextval('decision_link_id_seq') as id from generate_series(1, %(count)s::integer)

-- name: insert
-- Keep the digests of new links.
insert into decision_link (id, company_id, work_item_id, person_id, digest, made_at, expires_at)
select l.id, %(company)s::bigint, l.item, l.person, l.digest, %(now)s::timestamptz, l.expires_at
from unnest(%(id)s::bigint[], %(item)s::bigint[], %(person)s::bigint[], %(digest)s::text[], %(expires_at)s::timestamptz[])
     as l (id, item, person, digest, expires_at)

-- name: by_digest
-- The link of a token, and whether it may still be used.
select l.id, l.company_id, l.work_item_id, l.person_id, l.expires_at, l.used_at,
       l.used_at is null and l.expires_at > %(now)s::timestamptz as live
from decision_link l where l.digest = %(digest)s::text

-- name: made_for
-- Which of these links were made for the person with this address.
select l.id from decision_link l join person p on p.id = l.person_id
where l.id = any(%(ids)s::bigint[]) and l.company_id = %(company)s::bigint and lower(p.email) = lower(%(recipient)s::text)

-- name: lock
-- Lock links in key order.
select l.id, l.work_item_id, l.person_id, l.expires_at, l.used_at
from decision_link l
where l.id = any(%(ids)s::bigint[]) and {visible decision_link l}
order by l.id for update

-- name: use
-- Links that were used.
update decision_link set used_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[])
