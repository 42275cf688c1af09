/** The tables of the SQLite store. A file keeps the number of the version it was written by. */
export const VERSION = 2;

export const SCHEMA = `
create table client (id text primary key, token text not null unique, role text not null, name text not null, code text,
  models text, created integer not null, expires integer) strict;
create table code (id text primary key, hash text not null unique, label text not null, created integer not null,
  expires integer not null, seats integer not null, joined integer not null, models text, nano integer, tokens integer,
  calls integer) strict;
create table account (id text primary key, nano_cap integer, tokens_cap integer, calls_cap integer,
  nano_spent integer not null default 0, tokens_spent integer not null default 0, calls_spent integer not null default 0,
  nano_held integer not null default 0, tokens_held integer not null default 0, calls_held integer not null default 0) strict;
create table call (id integer primary key, client text not null, key text not null, digest text not null, model text not null,
  purpose text not null, accounts text not null, nano integer not null, tokens integer not null, calls integer not null,
  state text not null, reply text, at integer not null, lease integer not null) strict;
create unique index call_key on call (client, key) where key <> '';
create index call_open on call (lease) where state = 'held';
create index call_digest on call (digest) where reply is not null;
create table day (day text not null, client text not null, model text not null, nano integer not null, tokens integer not null,
  calls integer not null, primary key (day, client, model)) strict, without rowid;
create table share (id text not null, owner text not null, bytes integer not null, created integer not null,
  sealed integer not null, content blob not null, primary key (id, owner)) strict;
create index share_owner on share (owner);
`;

/** From version 1, which forgot nothing, and had an index that nothing asked for and that every call had to write. */
export const UPGRADE = `
drop index if exists call_at;
create table if not exists day (day text not null, client text not null, model text not null, nano integer not null, tokens integer not null,
  calls integer not null, primary key (day, client, model)) strict, without rowid;
`;
