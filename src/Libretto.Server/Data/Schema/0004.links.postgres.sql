-- Cookies that came with a link, encrypted; gone with the download.
alter table jobs add column cookies text;
