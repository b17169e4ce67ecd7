// Loads the files into an empty database of a running Neo4j (5 or later).
// Copy the .csv files to the server's import folder, then: cypher-shell -f load.cypher

CREATE CONSTRAINT whomet_entity IF NOT EXISTS FOR (x:Entity) REQUIRE x.entity_id IS UNIQUE;
LOAD CSV WITH HEADERS FROM 'file:///entities.csv' AS row
MERGE (x:Entity {entity_id: row.`entity_id:ID(Entity)`})
SET x.`name` = row.`name`, x.`type` = row.`type`, x.`finer_type` = row.`finer_type`, x.`aliases` = split(row.`aliases:string[]`, '|'), x.`offices` = split(row.`offices:string[]`, '|'), x.`country` = row.`country`, x.`latitude` = toFloat(row.`latitude:double`), x.`longitude` = toFloat(row.`longitude:double`), x.`articles` = toInteger(row.`articles:long`), x.`mentions` = toInteger(row.`mentions:long`), x.`encounters` = toInteger(row.`encounters:long`), x.`partners` = toInteger(row.`partners:long`), x.`encounters_here` = toInteger(row.`encounters_here:long`), x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`);

MATCH (x:Entity {type: 'person'}) SET x:Person;
MATCH (x:Entity {type: 'organization'}) SET x:Organization;
MATCH (x:Entity {type: 'place'}) SET x:Place;
MATCH (x:Entity {type: 'group'}) SET x:Group;
MATCH (x:Entity {type: 'event'}) SET x:NamedEvent;

CREATE CONSTRAINT whomet_event IF NOT EXISTS FOR (x:Event) REQUIRE x.event_id IS UNIQUE;
LOAD CSV WITH HEADERS FROM 'file:///events.csv' AS row
MERGE (x:Event {event_id: row.`event_id:ID(Event)`})
SET x.`kind` = row.`kind`, x.`status` = row.`status`, x.`names` = split(row.`names:string[]`, '|'), x.`place` = row.`place`, x.`country` = row.`country`, x.`date` = row.`date`, x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`), x.`confidence` = toFloat(row.`confidence:double`), x.`reports` = toInteger(row.`reports:long`), x.`copies` = toInteger(row.`copies:long`), x.`sources` = split(row.`sources:string[]`, '|'), x.`conflicts` = split(row.`conflicts:string[]`, '|'), x.`sentence` = row.`sentence`, x.`encounter_ids` = split(row.`encounter_ids:string[]`, '|');

CREATE CONSTRAINT whomet_article IF NOT EXISTS FOR (x:Article) REQUIRE x.article_id IS UNIQUE;
LOAD CSV WITH HEADERS FROM 'file:///articles.csv' AS row
MERGE (x:Article {article_id: row.`article_id:ID(Article)`})
SET x.`article_title` = row.`article_title`, x.`article_date` = row.`article_date`, x.`article_source` = row.`article_source`, x.`article_url` = row.`article_url`, x.`path` = row.`path`;

LOAD CSV WITH HEADERS FROM 'file:///met.csv' AS row
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:MET]->(b)
SET x.`pair_id` = row.`pair_id`, x.`weight` = toInteger(row.`weight:long`), x.`relation` = row.`relation`, x.`meetings` = toInteger(row.`meetings:long`), x.`calls` = toInteger(row.`calls:long`), x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`), x.`places` = split(row.`places:string[]`, '|'), x.`occurred_count` = toInteger(row.`occurred_count:long`), x.`planned_count` = toInteger(row.`planned_count:long`), x.`possible_count` = toInteger(row.`possible_count:long`), x.`not_count` = toInteger(row.`not_count:long`), x.`articles` = toInteger(row.`articles:long`), x.`sources` = split(row.`sources:string[]`, '|'), x.`confidence` = toFloat(row.`confidence:double`), x.`sentence` = row.`sentence`, x.`article_url` = row.`article_url`, x.`event_ids` = split(row.`event_ids:string[]`, '|');

LOAD CSV WITH HEADERS FROM 'file:///took_part.csv' AS row
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Event {event_id: row.`:END_ID(Event)`})
CREATE (a)-[x:TOOK_PART_IN]->(b)
SET x.`words` = row.`words`;

LOAD CSV WITH HEADERS FROM 'file:///took_place.csv' AS row
MATCH (a:Event {event_id: row.`:START_ID(Event)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:TOOK_PLACE_IN]->(b);

LOAD CSV WITH HEADERS FROM 'file:///reported.csv' AS row
MATCH (a:Event {event_id: row.`:START_ID(Event)`})
MATCH (b:Article {article_id: row.`:END_ID(Article)`})
CREATE (a)-[x:REPORTED_IN]->(b)
SET x.`status` = row.`status`, x.`date` = row.`date`, x.`date_words` = row.`date_words`, x.`place` = row.`place`, x.`confidence` = toFloat(row.`confidence:double`), x.`copy` = toBoolean(row.`copy:boolean`), x.`sentence` = row.`sentence`, x.`start` = toInteger(row.`start:long`), x.`end` = toInteger(row.`end:long`), x.`encounter_id` = row.`encounter_id`;

LOAD CSV WITH HEADERS FROM 'file:///visited.csv' AS row
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:VISITED]->(b)
SET x.`event_id` = row.`event_id`, x.`status` = row.`status`, x.`date` = row.`date`, x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`), x.`confidence` = toFloat(row.`confidence:double`), x.`sentence` = row.`sentence`;

LOAD CSV WITH HEADERS FROM 'file:///offices.csv' AS row
WITH row WHERE row.`:TYPE` = 'HOLDS_OFFICE'
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:HOLDS_OFFICE]->(b)
SET x.`title` = row.`title`, x.`articles` = toInteger(row.`articles:long`), x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`), x.`confidence` = toFloat(row.`confidence:double`), x.`sentence` = row.`sentence`;

LOAD CSV WITH HEADERS FROM 'file:///offices.csv' AS row
WITH row WHERE row.`:TYPE` = 'AFFILIATED_WITH'
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:AFFILIATED_WITH]->(b)
SET x.`title` = row.`title`, x.`articles` = toInteger(row.`articles:long`), x.`first_day` = date(row.`first_day:date`), x.`last_day` = date(row.`last_day:date`), x.`confidence` = toFloat(row.`confidence:double`), x.`sentence` = row.`sentence`;

LOAD CSV WITH HEADERS FROM 'file:///part_of.csv' AS row
MATCH (a:Entity {entity_id: row.`:START_ID(Entity)`})
MATCH (b:Entity {entity_id: row.`:END_ID(Entity)`})
CREATE (a)-[x:PART_OF]->(b);

LOAD CSV WITH HEADERS FROM 'file:///copy_of.csv' AS row
MATCH (a:Article {article_id: row.`:START_ID(Article)`})
MATCH (b:Article {article_id: row.`:END_ID(Article)`})
CREATE (a)-[x:COPY_OF]->(b);

