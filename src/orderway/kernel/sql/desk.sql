-- name: put
-- Open one exception a subject, command and code; a repeated one counts up.
insert into desk_exception (company_id, command, code, event_id, subject_id, facts, state, opened_at, times)
select %(company)s::bigint, %(command)s::text, t.code, t.event_id, t.subject_id, t.facts::jsonb, 'open', %(now)s::timestamptz, 1
from unnest(%(codes)s::text[], %(events)s::bigint[], %(subjects)s::bigint[], %(facts)s::text[]) as t (code, event_id, subject_id, facts)
on conflict (company_id, command, subject_id, code) where state = 'open'
do update set times = desk_exception.times + 1, facts = excluded.facts, event_id = excluded.event_id

-- name: close
-- These exceptions, and what was opened about these tokens, are dealt with.
update desk_exception d set state = 'closed', closed_at = %(now)s::timestamptz
where d.company_id = %(company)s::bigint and d.state = 'open'
  and (d.id = any(%(ids)s::bigint[]) or exists (select 1
       from jsonb_array_elements(case when jsonb_typeof(d.facts->'tokens') = 'array' then d.facts->'tokens' end) t where t::bigint = any(%(tokens)s::bigint[])))
