-- name: record
-- Insert one event a fact, and a pending row for each reaction that listens.
with made as ( --? reactions
    insert into event (at, company_id, actor_id, on_behalf_of, cause, command_id, command, name,
                       subject_type, subject_id, root_type, root_id, data)
    select %(now)s::timestamptz, %(company)s::bigint, %(actor)s::bigint, %(on_behalf_of)s::bigint, f.cause,
           %(command_id)s::bigint, %(command)s::text, %(event)s::text,
           %(subject)s::text, f.subject_id, %(root)s::text, f.root_id, f.data
    from rows from (unnest(%(subjects)s::bigint[]), unnest(%(roots)s::bigint[]), unnest(%(causes)s::bigint[]),
                    json_array_elements(%(data)s::text::json)) as f (subject_id, root_id, cause, data)
    returning id, subject_id, root_id --? reactions
) --? reactions
insert into pending (reaction, event_id, company_id, command_id, subject_id, root_id, actor_id, depth, ready_at, tries, error) --? reactions
select r.reaction, m.id, %(company)s::bigint, %(command_id)s::bigint, m.subject_id, m.root_id, --? reactions
       coalesce(%(on_behalf_of)s::bigint, %(actor)s::bigint), %(depth)s::integer, %(now)s::timestamptz, 0, '' --? reactions
from made m cross join unnest(%(reactions)s::text[]) as r (reaction) --? reactions

-- name: record_new
-- Insert one event a new row, holding the row and its parts whole, and the pending rows of its reactions.
with made as ( --? reactions
    insert into event (at, company_id, actor_id, on_behalf_of, cause, command_id, command, name,
                       subject_type, subject_id, root_type, root_id, data)
    select %(now)s::timestamptz, %(company)s::bigint, %(actor)s::bigint, %(on_behalf_of)s::bigint, c.event_id,
           %(command_id)s::bigint, %(command)s::text, %(event)s::text,
           %(subject)s::text, t.id, %(root)s::text, t.{root_column},
           json_build_object('changes', array[json_build_object('table', '{table}', 'id', t.id, 'new', to_json(t))] {parts})
    from {table} t
    left join unnest(%(cause_roots)s::bigint[], %(cause_events)s::bigint[]) as c (root_id, event_id) on c.root_id = t.{root_column}
    where t.id = any(%(ids)s::bigint[])
    order by t.id
    returning id, subject_id, root_id --? reactions
) --? reactions
insert into pending (reaction, event_id, company_id, command_id, subject_id, root_id, actor_id, depth, ready_at, tries, error) --? reactions
select r.reaction, m.id, %(company)s::bigint, %(command_id)s::bigint, m.subject_id, m.root_id, --? reactions
       coalesce(%(on_behalf_of)s::bigint, %(actor)s::bigint), %(depth)s::integer, %(now)s::timestamptz, 0, '' --? reactions
from made m cross join unnest(%(reactions)s::text[]) as r (reaction) --? reactions

-- name: part
-- The rows of one part of a new row; stands in record_new once a part.
|| array(select json_build_object('table', '{part}', 'id', p.id, 'new', to_json(p)) from {part} p where p.{column} = t.id order by p.id)

-- name: last_id
-- The last event id given out, and the database's time.
select coalesce(last_value, 0) as last, clock_timestamp() as at from pg_sequences where schemaname = 'public' and sequencename = 'event_id_seq'

-- name: timeline
-- All events of one root, oldest first.
select e.id, e.at, e.name, e.actor_id, e.on_behalf_of, e.cause, e.command, e.command_id, e.subject_type, e.subject_id, e.data::text as data
from event e
where e.root_type = %(root_type)s::text and e.root_id = %(root_id)s::bigint and {visible event e}
order by e.id

-- name: of_commands
-- The events of commands with their row images, newest first within a command.
select e.id, e.command_id, e.command, e.name, e.subject_type, e.subject_id, e.root_id, e.data::text as data
from event e
where e.command_id = any(%(command_ids)s::bigint[]) and {visible event e}
order by e.command_id, e.id desc

-- name: restore
-- Write old columns back where the row still holds what the command wrote.
update {table} t set {sets}
from unnest(%(ids)s::bigint[], %(old)s::text[], %(new)s::text[]) as w (id, old_text, new_text)
cross join lateral (select w.old_text::jsonb as old, w.new_text::jsonb as new) as c
where t.id = w.id and t.company_id = %(company)s::bigint
  and jsonb_populate_record(t, c.new) is not distinct from t
returning t.id

-- name: changed_lists
-- What each command changed since an event id, by company: subjects and families of events, for pages that update by themselves.
select e.company_id, e.command_id, max(e.at) as at, array_agg(distinct e.subject_type) || array_agg(distinct split_part(e.name, '.', 1)) as subjects
from event e where e.id > %(after)s::bigint group by e.company_id, e.command_id
