-- name: lock_openings
-- The openings of what is to be erased, locked in key order.
select o.id, o.entry_id, e.hash, o.path, o.what, o.of
from archive_opening o join archive_entry e on e.id = o.entry_id
join unnest(%(what)s::text[], %(of)s::bigint[]) as w (what, of) on w.what = o.what and w.of = o.of
where {visible archive_opening o}
order by o.id for update of o

-- name: lock_papers
-- The papers whose content is to be erased, and the forms that show it, locked in key order.
select p.id, p.entry_id, e.hash, p.file, p.sha256, d.kind, v.id as version_id, p.made_from
from archive_paper p
join archive_entry e on e.id = p.entry_id
left join document_version v on v.id = p.version_id
left join document d on d.id = v.document_id
where {visible archive_paper p} and p.erased_at is null and (
    p.version_id = any(%(versions)s::bigint[])
    or p.made_from in (select o.sha256 from archive_paper o where o.version_id = any(%(versions)s::bigint[]))
    or (p.version_id is null and p.made_from = '' and p.entry_id in (
        select o.entry_id from archive_paper o where o.version_id = any(%(versions)s::bigint[])
        union select o.entry_id from archive_opening o
              join unnest(%(what)s::text[], %(of)s::bigint[]) as w (what, of) on w.what = o.what and w.of = o.of
              where o.what <> 'person')))
order by p.id for update of p

-- name: kinds
-- The kinds of the documents whose versions are to be erased.
select v.id, d.kind, d.id as document_id from document_version v join document d on d.id = v.document_id
where v.id = any(%(versions)s::bigint[]) and {visible document_version v}

-- name: delete_openings
-- Delete openings: nobody can tell the text from its commitment any more.
delete from archive_opening where id = any(%(ids)s::bigint[])

-- name: mark_erased
-- Say that the content of papers is gone.
update archive_paper set erased_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[])

-- name: insert_erasures
-- Remember which entries an erasure touched.
insert into archive_erasure (company_id, erasure_id, entry_id)
select %(company)s::bigint, %(erasure)s::bigint, t.entry from unnest(%(entries)s::bigint[]) as t (entry)

-- name: still_used
-- Content that is still needed: by a paper of the archive that is not erased, or by a version not archived as erased.
select distinct p.sha256 from archive_paper p
where {visible archive_paper p} and p.sha256 = any(%(sha256)s::text[]) and p.erased_at is null
union
select b.sha256 from blob b join document_version v on v.blob_id = b.id
where {visible blob b} and b.sha256 = any(%(sha256)s::text[])
  and not exists (select from archive_paper p where p.version_id = v.id and p.erased_at is not null)
