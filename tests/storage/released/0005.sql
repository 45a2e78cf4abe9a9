BEGIN TRANSACTION;
CREATE TABLE accounts (
	platform VARCHAR(32) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	person INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	reachable BOOLEAN DEFAULT true NOT NULL, 
	seen_at BIGINT NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (platform, user), 
	CONSTRAINT fk_accounts_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "accounts" VALUES('telegram','5000000001',1,'Fatima',1,1773048600000000);
INSERT INTO "accounts" VALUES('discord','123456789012345678',1,'fatima',0,1772962200000000);
INSERT INTO "accounts" VALUES('telegram','5000000002',2,'Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?',1,1772875800000000);
INSERT INTO "accounts" VALUES('web','u0a1b2c3d4e',4,'Ada',1,1772875860000000);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE attendance (
	meeting INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	came BOOLEAN NOT NULL, 
	CONSTRAINT pk_attendance PRIMARY KEY (meeting, person), 
	CONSTRAINT fk_attendance_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_attendance_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "attendance" VALUES(1,1,1);
INSERT INTO "attendance" VALUES(1,2,0);
CREATE TABLE cards (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	place INTEGER NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	subject INTEGER NOT NULL, 
	fingerprint VARCHAR(32) DEFAULT '' NOT NULL, 
	drawn_at BIGINT NOT NULL, 
	dirty_at BIGINT, 
	CONSTRAINT fk_cards_place FOREIGN KEY(place) REFERENCES places (id) ON DELETE CASCADE, 
	CONSTRAINT uq_cards_place_message UNIQUE (place, message)
);
INSERT INTO "cards" VALUES(1,1,'401','meeting',1,'d41d8cd98f00b204e9800998ecf8427e',1773167460000000,NULL);
INSERT INTO "cards" VALUES(2,1,'402','circle',1,'',1773167460000000,1773167520000000);
CREATE TABLE circle_places (
	circle INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	CONSTRAINT pk_circle_places PRIMARY KEY (circle, place), 
	CONSTRAINT fk_circle_places_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_circle_places_place FOREIGN KEY(place) REFERENCES places (id) ON DELETE CASCADE
);
INSERT INTO "circle_places" VALUES(1,1);
CREATE TABLE circles (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	community INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	course TEXT DEFAULT '' NOT NULL, 
	course_link TEXT DEFAULT '' NOT NULL, 
	about TEXT DEFAULT '' NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	link TEXT DEFAULT '' NOT NULL, 
	minutes INTEGER NOT NULL, 
	seats INTEGER, 
	sign_up BOOLEAN DEFAULT true NOT NULL, 
	named_feedback BOOLEAN DEFAULT false NOT NULL, 
	leads JSON NOT NULL, 
	questions JSON NOT NULL, 
	reminder TEXT DEFAULT '' NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	made_at BIGINT NOT NULL, 
	CONSTRAINT fk_circles_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE CASCADE
);
INSERT INTO "circles" VALUES(1,1,'Python for beginners','es','Europe/Madrid','Python basics','https://course.example/py?unit=1&lang=es','Poco a poco.
Y con café.','Sala 3','https://meet.example/py',90,4,1,1,'[172800, 7200]','["\u00bfPort\u00e1til?", "What is \"free\" to you?"]','{meeting} {when}: {odd} 100 %','published',1772362800000000);
INSERT INTO "circles" VALUES(2,2,'Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?','en','America/St_Johns','','','','','',45,NULL,0,0,'[]','[]','','ended',1740826800000000);
CREATE TABLE communities (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	digest_place INTEGER, 
	digest_weekday INTEGER DEFAULT '0' NOT NULL, 
	digest_time VARCHAR(5) DEFAULT '09:00' NOT NULL, 
	digest_language VARCHAR(35) DEFAULT '' NOT NULL, 
	CONSTRAINT fk_communities_digest_place FOREIGN KEY(digest_place) REFERENCES places (id) ON DELETE SET NULL
);
INSERT INTO "communities" VALUES(1,'Library circles','es','Europe/Madrid',2,0,'09:00','');
INSERT INTO "communities" VALUES(2,'Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?','en','America/St_Johns',NULL,4,'18:45','es');
CREATE TABLE decisions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle INTEGER NOT NULL, 
	meeting INTEGER NOT NULL, 
	feedback BIGINT, 
	words TEXT NOT NULL, 
	owner INTEGER, 
	state VARCHAR(8) NOT NULL, 
	made_at BIGINT NOT NULL, 
	done_at BIGINT, 
	CONSTRAINT fk_decisions_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_decisions_feedback FOREIGN KEY(feedback) REFERENCES feedback (id) ON DELETE SET NULL, 
	CONSTRAINT fk_decisions_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_decisions_owner FOREIGN KEY(owner) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_decisions_feedback UNIQUE (feedback)
);
INSERT INTO "decisions" VALUES(1,1,1,1152921504606846976,'We begin on time',2,'open',1773302400000000,NULL);
INSERT INTO "decisions" VALUES(2,1,1,NULL,'Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?',NULL,'done',1773302460000000,1773388860000000);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(128) NOT NULL, 
	notice TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	place INTEGER, 
	person INTEGER, 
	circle INTEGER, 
	meeting INTEGER, 
	community INTEGER, 
	due_at BIGINT NOT NULL, 
	expires_at BIGINT, 
	state VARCHAR(8) NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	leased_by VARCHAR(64), 
	leased_until BIGINT, 
	sent_at BIGINT, 
	message VARCHAR(64) DEFAULT '' NOT NULL, 
	outcome TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_deliveries_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_place FOREIGN KEY(place) REFERENCES places (id) ON DELETE CASCADE, 
	CONSTRAINT uq_deliveries_key UNIQUE ("key")
);
INSERT INTO "deliveries" VALUES(1,'remind:1:172800:1','{"kind":"remind","meeting":1,"lead":172800}','remind',1,NULL,1,1,NULL,1772989200000000,1773154800000000,'sent',1,NULL,NULL,1772989202000000,'401','');
INSERT INTO "deliveries" VALUES(2,'remind:2:172800:1','{"kind":"remind","meeting":2,"lead":172800}','remind',1,NULL,1,2,NULL,1775404800000000,1775570400000000,'waiting',0,NULL,NULL,NULL,'','');
INSERT INTO "deliveries" VALUES(3,'digest:1','{"kind":"digest","community":1,"until":1773644400,"asked":false}','digest',2,NULL,NULL,NULL,1,1773648000000000,1773907200000000,'waiting',3,'elsewhere/17',1773648120000000,NULL,'','the platform''s limit');
INSERT INTO "deliveries" VALUES(4,'welcome:1:2','{"kind":"welcome","circle":1,"person":2}','welcome',NULL,2,1,NULL,NULL,1772449200000000,NULL,'failed',8,NULL,NULL,1772452800000000,'','cannot be reached: Forbidden: bot was blocked by the user');
INSERT INTO "deliveries" VALUES(6,'ended:2','{"kind":"ended","meeting":2}','ended',NULL,NULL,1,2,NULL,1775583000000000,NULL,'waiting',0,NULL,NULL,NULL,'','');
CREATE TABLE drafts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	tag VARCHAR(8) NOT NULL, 
	known VARCHAR(64) NOT NULL, 
	answers JSON NOT NULL, 
	to_ask JSON NOT NULL, 
	expires_at BIGINT NOT NULL, 
	origin INTEGER, 
	ran_room BOOLEAN DEFAULT false NOT NULL, 
	CONSTRAINT fk_drafts_origin FOREIGN KEY(origin) REFERENCES places (id) ON DELETE CASCADE, 
	CONSTRAINT fk_drafts_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_drafts_place FOREIGN KEY(place) REFERENCES places (id) ON DELETE CASCADE, 
	CONSTRAINT uq_drafts_person_place UNIQUE (person, place)
);
INSERT INTO "drafts" VALUES(3,2,3,'fb','1','{"plus": "Zo\u00eb \"\u0416\" O''Neil; -- DROP\n\u65e5\u672c \ud83d\ude42 \u202e\\n%s :name ?", "mood": 4}','["delta"]',1773343800000000,1,1);
CREATE TABLE feedback (
	id BIGINT NOT NULL, 
	meeting INTEGER NOT NULL, 
	person INTEGER, 
	plus TEXT DEFAULT '' NOT NULL, 
	delta TEXT DEFAULT '' NOT NULL, 
	mood INTEGER, 
	CONSTRAINT pk_feedback PRIMARY KEY (id), 
	CONSTRAINT ck_feedback_mood CHECK (mood between 1 and 5), 
	CONSTRAINT fk_feedback_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_feedback_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE SET NULL
)
 WITHOUT ROWID

;
INSERT INTO "feedback" VALUES(1152921504606846976,1,NULL,'','Begin on time',NULL);
INSERT INTO "feedback" VALUES(8070450532247928832,1,2,'Los ejemplos','Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?',4);
CREATE TABLE feedback_given (
	meeting INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	CONSTRAINT pk_feedback_given PRIMARY KEY (meeting, person), 
	CONSTRAINT fk_feedback_given_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_feedback_given_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "feedback_given" VALUES(1,1);
INSERT INTO "feedback_given" VALUES(1,2);
CREATE TABLE feeds (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	token_hash VARCHAR(64) NOT NULL, 
	person INTEGER NOT NULL, 
	circle INTEGER, 
	made_at BIGINT NOT NULL, 
	read_at BIGINT, 
	expires_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	CONSTRAINT fk_feeds_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_feeds_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT uq_feeds_token_hash UNIQUE (token_hash)
);
INSERT INTO "feeds" VALUES(1,'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',2,1,1773057900000000,1773061500000000,1804593900000000,NULL);
INSERT INTO "feeds" VALUES(2,'80a00f0b51c6d51dc228b0b2b1f4fb3a510da55c0aaef2a956d7c488180d68f9',4,NULL,1773057900000000,NULL,1804593900000000,1773144300000000);
CREATE TABLE invites (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	token_hash VARCHAR(64) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	community INTEGER, 
	circle INTEGER, 
	made_by INTEGER NOT NULL, 
	made_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	used_at BIGINT, 
	used_by INTEGER, 
	CONSTRAINT fk_invites_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_invites_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE CASCADE, 
	CONSTRAINT fk_invites_made_by FOREIGN KEY(made_by) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_invites_used_by FOREIGN KEY(used_by) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_invites_token_hash UNIQUE (token_hash)
);
INSERT INTO "invites" VALUES(1,'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08','organizer',1,NULL,1,1772366400000000,1772971200000000,NULL,1772370000000000,4);
INSERT INTO "invites" VALUES(2,'80a00f0b51c6d51dc228b0b2b1f4fb3a510da55c0aaef2a956d7c488180d68f9','facilitator',NULL,1,1,1772366400000000,1772971200000000,1772368200000000,NULL,NULL);
CREATE TABLE leases (
	name VARCHAR(64) NOT NULL, 
	holder VARCHAR(64) NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('courier:telegram','elsewhere/17',1773648020000000);
CREATE TABLE link_codes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	code_hash VARCHAR(64) NOT NULL, 
	made_by INTEGER NOT NULL, 
	made_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	taken_by INTEGER, 
	used_at BIGINT, 
	revoked_at BIGINT, 
	CONSTRAINT fk_link_codes_made_by FOREIGN KEY(made_by) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_link_codes_taken_by FOREIGN KEY(taken_by) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT uq_link_codes_code_hash UNIQUE (code_hash)
);
INSERT INTO "link_codes" VALUES(5,'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',2,1773057600000000,1773058200000000,4,NULL,NULL);
CREATE TABLE link_tries (
	person INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	CONSTRAINT pk_link_tries PRIMARY KEY (person), 
	CONSTRAINT fk_link_tries_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "link_tries" VALUES(4,2,1773057900000000);
CREATE TABLE meetings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	starts_local VARCHAR(16) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	starts_at BIGINT NOT NULL, 
	minutes INTEGER NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	place TEXT DEFAULT '' NOT NULL, 
	link TEXT DEFAULT '' NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	uid VARCHAR(64) NOT NULL, 
	sequence INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_meetings_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT uq_meetings_uid UNIQUE (uid)
);
INSERT INTO "meetings" VALUES(1,1,1,'2026-03-10T18:00','Europe/Madrid',1773162000000000,90,'Unit 1: «Hello»','','','closed','0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a11',2);
INSERT INTO "meetings" VALUES(2,1,2,'2026-04-07T18:00','Europe/Madrid',1775577600000000,90,'','Café','https://meet.example/2','planned','0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a12',0);
INSERT INTO "meetings" VALUES(3,1,2,'2026-03-17T18:00','Europe/Madrid',1773766800000000,90,'','','','cancelled','0d7a4a9c-3c9f-4a4e-9a53-4d6f3a0e6a13',0);
CREATE TABLE members (
	circle INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	role VARCHAR(12) NOT NULL, 
	goal TEXT DEFAULT '' NOT NULL, 
	support TEXT DEFAULT '' NOT NULL, 
	answers JSON NOT NULL, 
	joined_at BIGINT NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT pk_members PRIMARY KEY (circle, person), 
	CONSTRAINT fk_members_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_members_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "members" VALUES(1,1,'facilitator','','','[]',1772362800000000,NULL);
INSERT INTO "members" VALUES(1,2,'learner','Leer código
de otros','Galletas 🍪','["No", "Zo\u00eb \"\u0416\" O''Neil; -- DROP\n\u65e5\u672c \ud83d\ude42 \u202e\\n%s :name ?"]',1772449200000000,NULL);
INSERT INTO "members" VALUES(2,2,'learner','','','[]',1740913200000000,1743591600000000);
CREATE TABLE organizers (
	community INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	CONSTRAINT pk_organizers PRIMARY KEY (community, person), 
	CONSTRAINT fk_organizers_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE CASCADE, 
	CONSTRAINT fk_organizers_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "organizers" VALUES(1,1);
INSERT INTO "organizers" VALUES(2,4);
CREATE TABLE people (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	language VARCHAR(35) DEFAULT '' NOT NULL, 
	zone VARCHAR(64) DEFAULT '' NOT NULL, 
	quiet_from VARCHAR(5) DEFAULT '21:00' NOT NULL, 
	quiet_to VARCHAR(5) DEFAULT '08:00' NOT NULL, 
	nudges BOOLEAN DEFAULT true NOT NULL, 
	tips BOOLEAN DEFAULT true NOT NULL, 
	met_at BIGINT NOT NULL
);
INSERT INTO "people" VALUES(1,'Fatima','es','Europe/Madrid','21:00','08:00',1,1,1772357400000000);
INSERT INTO "people" VALUES(2,'Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?','','','23:30','07:15',0,0,1772359200000001);
INSERT INTO "people" VALUES(4,'Ada','en-GB','Asia/Kolkata','21:00','08:00',1,1,1772445600000000);
CREATE TABLE places (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform VARCHAR(32) NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	thread VARCHAR(64) DEFAULT '' NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	space VARCHAR(64) DEFAULT '' NOT NULL, 
	community INTEGER, 
	trouble TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_places_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE SET NULL, 
	CONSTRAINT uq_places_platform_chat_thread_kind UNIQUE (platform, chat, thread, kind)
);
INSERT INTO "places" VALUES(1,'telegram','-1004000000001','17','group','Python','',NULL,'');
INSERT INTO "places" VALUES(2,'discord','223456789012345678','','group','organizers','323456789012345678',1,'muted');
INSERT INTO "places" VALUES(3,'telegram','5000000002','','private','','',NULL,'');
CREATE TABLE reflections (
	meeting INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	score INTEGER NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_reflections PRIMARY KEY (meeting, person), 
	CONSTRAINT fk_reflections_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_reflections_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO "reflections" VALUES(1,1,5,'They talked to each other.');
CREATE TABLE rsvps (
	meeting INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	answer VARCHAR(8) NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	stale BOOLEAN DEFAULT false NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_rsvps PRIMARY KEY (meeting, person), 
	CONSTRAINT fk_rsvps_meeting FOREIGN KEY(meeting) REFERENCES meetings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_rsvps_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "rsvps" VALUES(1,2,'yes','',0,1773043200000000);
INSERT INTO "rsvps" VALUES(2,2,'no','Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?',1,1773216000000000);
CREATE TABLE settings (
	"key" VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY ("key")
);
INSERT INTO "settings" VALUES('demo.offset','0.0');
INSERT INTO "settings" VALUES('odd','Zoë "Ж" O''Neil; -- DROP
日本 🙂 ‮\n%s :name ?');
CREATE TABLE spaces (
	platform VARCHAR(32) NOT NULL, 
	space VARCHAR(64) NOT NULL, 
	community INTEGER NOT NULL, 
	CONSTRAINT pk_spaces PRIMARY KEY (platform, space), 
	CONSTRAINT fk_spaces_community FOREIGN KEY(community) REFERENCES communities (id) ON DELETE CASCADE
);
INSERT INTO "spaces" VALUES('discord','323456789012345678',1);
CREATE TABLE updates_seen (
	"key" VARCHAR(128) NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_updates_seen PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
INSERT INTO "updates_seen" VALUES('telegram:817263541',1773167467000000);
CREATE TABLE votes (
	feedback BIGINT NOT NULL, 
	person INTEGER NOT NULL, 
	CONSTRAINT pk_votes PRIMARY KEY (feedback, person), 
	CONSTRAINT fk_votes_feedback FOREIGN KEY(feedback) REFERENCES feedback (id) ON DELETE CASCADE, 
	CONSTRAINT fk_votes_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "votes" VALUES(8070450532247928832,1);
CREATE TABLE waiting (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	circle INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	goal TEXT DEFAULT '' NOT NULL, 
	support TEXT DEFAULT '' NOT NULL, 
	answers JSON NOT NULL, 
	since BIGINT NOT NULL, 
	offered_until BIGINT, 
	CONSTRAINT fk_waiting_circle FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_waiting_person FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT uq_waiting_circle_person UNIQUE (circle, person)
);
INSERT INTO "waiting" VALUES(7,1,4,'Games','','["Yes", ""]',1772535600000000,NULL);
INSERT INTO "waiting" VALUES(9,2,4,'','','[]',1772535660000000,1772622060000000);
CREATE TABLE web_members (
	chat VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_web_members PRIMARY KEY (chat, user)
);
INSERT INTO "web_members" VALUES('r0a1b2c3d4e','u0a1b2c3d4e');
CREATE TABLE web_people (
	user VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	language VARCHAR(35) DEFAULT '' NOT NULL, 
	zone VARCHAR(64) DEFAULT '' NOT NULL, 
	made_at BIGINT NOT NULL, 
	CONSTRAINT pk_web_people PRIMARY KEY (user)
);
INSERT INTO "web_people" VALUES('u0a1b2c3d4e','Ada','en','Asia/Kolkata',1772442000000000);
CREATE TABLE web_pictures (
	digest VARCHAR(64) NOT NULL, 
	png BLOB NOT NULL, 
	CONSTRAINT pk_web_pictures PRIMARY KEY (digest)
);
INSERT INTO "web_pictures" VALUES('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',X'89504E470D0A1A0A00FF27225C');
CREATE TABLE web_posts (
	id INTEGER NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	private BOOLEAN NOT NULL, 
	only_for VARCHAR(64) DEFAULT '' NOT NULL, 
	author VARCHAR(64) DEFAULT '' NOT NULL, 
	body JSON NOT NULL, 
	picture VARCHAR(64) DEFAULT '' NOT NULL, 
	version BIGINT NOT NULL, 
	"key" VARCHAR(160), 
	at BIGINT NOT NULL, 
	edited_at BIGINT, 
	CONSTRAINT pk_web_posts PRIMARY KEY (id), 
	CONSTRAINT uq_web_posts_key UNIQUE ("key"), 
	CONSTRAINT uq_web_posts_version UNIQUE (version)
);
INSERT INTO "web_posts" VALUES(12,'r0a1b2c3d4e',0,'','u0a1b2c3d4e','{"text": ["Zo\u00eb \"\u0416\" O''Neil; -- DROP\n\u65e5\u672c \ud83d\ude42 \u202e\\n%s :name ?", {"bold": "yes"}], "rows": []}','',31,'remind:1:172800:9#4',1772442300000000,1772442360000000);
INSERT INTO "web_posts" VALUES(13,'u0a1b2c3d4e',1,'u0a1b2c3d4e','','{"text": []}','9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',32,NULL,1772442420000000,NULL);
CREATE TABLE web_rooms (
	chat VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	made_by VARCHAR(64) DEFAULT '' NOT NULL, 
	made_at BIGINT NOT NULL, 
	CONSTRAINT pk_web_rooms PRIMARY KEY (chat)
);
INSERT INTO "web_rooms" VALUES('r0a1b2c3d4e','Reading hall','u0a1b2c3d4e',1772442000000000);
CREATE TABLE web_seen (
	user VARCHAR(64) NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	private BOOLEAN NOT NULL, 
	post INTEGER NOT NULL, 
	CONSTRAINT pk_web_seen PRIMARY KEY (user, chat, private)
);
INSERT INTO "web_seen" VALUES('u0a1b2c3d4e','r0a1b2c3d4e',0,12);
CREATE TABLE web_tokens (
	token_hash VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_web_tokens PRIMARY KEY (token_hash)
);
INSERT INTO "web_tokens" VALUES('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08','u0a1b2c3d4e','session',1780390800000000);
CREATE TABLE web_versions (
	name VARCHAR(8) NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_web_versions PRIMARY KEY (name)
);
INSERT INTO "web_versions" VALUES('posts',32);
CREATE INDEX ix_updates_seen_at ON updates_seen (at);
CREATE INDEX ix_web_members_user ON web_members (user);
CREATE INDEX ix_web_posts_chat_private_id ON web_posts (chat, private, id);
CREATE INDEX ix_web_posts_picture ON web_posts (picture);
CREATE INDEX ix_web_tokens_user ON web_tokens (user);
CREATE INDEX ix_accounts_person ON accounts (person);
CREATE INDEX ix_circles_community_state ON circles (community, state);
CREATE INDEX ix_organizers_person ON organizers (person);
CREATE INDEX ix_places_community ON places (community);
CREATE INDEX ix_places_platform_space ON places (platform, space);
CREATE INDEX ix_cards_dirty ON cards (dirty_at) WHERE dirty_at is not null;
CREATE INDEX ix_cards_kind_subject ON cards (kind, subject);
CREATE INDEX ix_circle_places_place ON circle_places (place);
CREATE INDEX ix_meetings_circle_starts_at ON meetings (circle, starts_at);
CREATE INDEX ix_members_person ON members (person);
CREATE INDEX ix_attendance_person ON attendance (person);
CREATE INDEX ix_deliveries_circle_sent_at ON deliveries (circle, sent_at);
CREATE INDEX ix_deliveries_community_sent_at ON deliveries (community, sent_at);
CREATE INDEX ix_deliveries_failed ON deliveries (place, sent_at) WHERE state = 'failed';
CREATE INDEX ix_deliveries_leased ON deliveries (leased_by) WHERE leased_by is not null;
CREATE INDEX ix_deliveries_meeting_state ON deliveries (meeting, state);
CREATE INDEX ix_deliveries_waiting ON deliveries (due_at) WHERE state = 'waiting';
CREATE INDEX ix_feedback_meeting ON feedback (meeting);
CREATE INDEX ix_rsvps_person ON rsvps (person);
CREATE INDEX ix_decisions_circle_state ON decisions (circle, state);
CREATE INDEX ix_spaces_community ON spaces (community);
CREATE INDEX ix_link_codes_made_by ON link_codes (made_by);
CREATE INDEX ix_link_codes_taken_by ON link_codes (taken_by);
CREATE INDEX ix_link_codes_expires_at ON link_codes (expires_at);
CREATE INDEX ix_feeds_circle ON feeds (circle);
CREATE INDEX ix_feeds_person ON feeds (person);
CREATE INDEX ix_deliveries_person ON deliveries (person) WHERE person is not null;
CREATE INDEX ix_deliveries_place ON deliveries (place) WHERE place is not null;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('people',4);
INSERT INTO "sqlite_sequence" VALUES('meetings',3);
INSERT INTO "sqlite_sequence" VALUES('circles',2);
INSERT INTO "sqlite_sequence" VALUES('communities',2);
INSERT INTO "sqlite_sequence" VALUES('places',3);
INSERT INTO "sqlite_sequence" VALUES('cards',2);
INSERT INTO "sqlite_sequence" VALUES('decisions',2);
INSERT INTO "sqlite_sequence" VALUES('deliveries',6);
INSERT INTO "sqlite_sequence" VALUES('drafts',3);
INSERT INTO "sqlite_sequence" VALUES('feeds',2);
INSERT INTO "sqlite_sequence" VALUES('invites',2);
INSERT INTO "sqlite_sequence" VALUES('link_codes',5);
INSERT INTO "sqlite_sequence" VALUES('waiting',9);
COMMIT;
