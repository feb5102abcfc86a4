import GRDB

extension Store {
  /// The layout this version knows, kept as the file's `user_version`.
  ///
  /// Whoever adds a migration raises it, sets it there, and never changes an older migration.
  /// There never was a layout 4.
  static let layout = 15

  /// Marks the file as ours: `SLOK` as `application_id`.
  static let mark = 0x534C_4F4B

  /// Refuses what is not ours to write to; reads only.
  static func refuseForeign(_ database: Database) throws {
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if tables == 0 { return }
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == mark else {
      throw StoreError.damaged("secondlook.sqlite was made by another program")
    }
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= layout else { throw StoreError.newerStore(found: found, supported: layout) }
  }

  /// Whether there are tables of an older layout.
  static func isOld(_ database: Database) throws -> Bool {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    return found > 0 && found < layout
  }

  /// Brings the tables to ``layout``.
  static func migrate(_ writer: any DatabaseWriter) throws {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 one reading day") { database in
      try database.execute(sql: studies + results + learning + log)
      try database.execute(sql: "PRAGMA application_id = \(mark)")
      try database.execute(sql: "PRAGMA user_version = 1")
    }
    migrator.registerMigration("2 who has a study open") { database in
      try database.execute(sql: leases)
      try database.execute(sql: "PRAGMA user_version = 2")
    }
    migrator.registerMigration("3 who sent what, who asked for it") { database in
      try database.execute(sql: arrivals + requests)
      try database.execute(sql: "PRAGMA user_version = 3")
    }
    migrator.registerMigration("5 a claim that can be taken over") { database in
      try database.execute(sql: claims)
      try database.execute(sql: "PRAGMA user_version = 5")
    }
    migrator.registerMigration("6 what a reader called and measured by themselves") { database in
      try database.execute(sql: ownReading)
      try database.execute(sql: "PRAGMA user_version = 6")
    }
    migrator.registerMigration("7 a second look") { database in
      try database.execute(sql: secondLooks)
      try database.execute(sql: "PRAGMA user_version = 7")
    }
    migrator.registerMigration("8 the worklist as an index") { database in
      try database.execute(sql: entries + staleness)
      try database.execute(sql: "PRAGMA user_version = 8")
    }
    migrator.registerMigration("9 who is looked for, and what is read again") { database in
      try database.execute(sql: named + again)
      try database.execute(sql: "PRAGMA user_version = 9")
    }
    migrator.registerMigration("10 what is let out before it is signed") { database in
      try database.execute(sql: preliminaries)
      try database.execute(sql: "PRAGMA user_version = 10")
    }
    migrator.registerMigration("11 an outbox for every destination") { database in
      try database.execute(sql: outbox)
      try carryOverDeliveries(database)
      try database.execute(sql: "PRAGMA user_version = 11")
    }
    migrator.registerMigration("12 how readers called what a model had scored") { database in
      try database.execute(sql: clinicalOrders + scoring)
      try database.execute(sql: "PRAGMA user_version = 12")
    }
    migrator.registerMigration("13 what a coordinator asks, and what leaves") { database in
      try database.execute(sql: federation)
      try database.execute(sql: "PRAGMA user_version = 13")
    }
    migrator.registerMigration("14 models beside the active one, and when an answer left") {
      database in
      try database.execute(sql: announcements + trials)
      try database.execute(sql: "PRAGMA user_version = 14")
    }
    migrator.registerMigration("15 what is not signed, found without asking every study") {
      try $0.execute(sql: unsigned + "PRAGMA user_version = 15")
    }
    try migrator.migrate(writer)
  }

  private static let studies = """
    CREATE TABLE study (
      uid TEXT PRIMARY KEY, patient TEXT NOT NULL, accession TEXT NOT NULL, date TEXT, time TEXT,
      description TEXT NOT NULL, modality TEXT NOT NULL, bodyPart TEXT NOT NULL,
      view TEXT NOT NULL, age INTEGER, referrer TEXT NOT NULL, priority TEXT NOT NULL,
      source TEXT NOT NULL, arrived REAL NOT NULL, isSynthetic INTEGER NOT NULL,
      consent TEXT NOT NULL
    ) STRICT;
    CREATE INDEX study_accession ON study (accession);

    -- Each study keeps the patient as its own images name them: where two people share an
    -- identifier, neither study shows the other's name.
    CREATE TABLE patient (
      study TEXT PRIMARY KEY REFERENCES study, id TEXT NOT NULL, identifier TEXT NOT NULL,
      issuer TEXT NOT NULL, name TEXT NOT NULL, birthDate TEXT, sex TEXT
    ) STRICT;
    CREATE INDEX patient_id ON patient (id);

    CREATE TABLE series (
      uid TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES study, number INTEGER,
      modality TEXT NOT NULL, description TEXT NOT NULL, laterality TEXT NOT NULL
    ) STRICT;
    CREATE INDEX series_study ON series (study);

    CREATE TABLE instance (
      uid TEXT PRIMARY KEY, series TEXT NOT NULL REFERENCES series,
      study TEXT NOT NULL REFERENCES study, sopClass TEXT NOT NULL, number INTEGER,
      rows INTEGER NOT NULL, columns INTEGER NOT NULL, frames INTEGER NOT NULL,
      rowSpacing REAL, columnSpacing REAL, format TEXT NOT NULL, digest TEXT NOT NULL,
      bytes INTEGER NOT NULL, refusal TEXT
    ) STRICT;
    CREATE INDEX instance_study ON instance (study, refusal);

    """

  private static let results = """
    -- A history; the highest number of a study is the one shown. Beside the result stand the
    -- model in use and the number of readable images when it was saved.
    CREATE TABLE triage (
      number INTEGER PRIMARY KEY, study TEXT NOT NULL REFERENCES study,
      triageClass TEXT NOT NULL, probability REAL, threshold REAL, reason TEXT,
      findings TEXT NOT NULL, model TEXT, made REAL NOT NULL, activeModel TEXT,
      images INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX triage_study ON triage (study, number);

    -- Version 0 is being worked on; the others belong to the signed report of that version.
    CREATE TABLE review (
      study TEXT NOT NULL REFERENCES study, version INTEGER NOT NULL, reader TEXT NOT NULL,
      call TEXT, findings TEXT NOT NULL, model TEXT, started REAL NOT NULL,
      changed REAL NOT NULL, PRIMARY KEY (study, version)
    ) STRICT;

    CREATE TABLE report (
      study TEXT NOT NULL REFERENCES study, version INTEGER NOT NULL, state TEXT NOT NULL,
      sections TEXT NOT NULL, author TEXT NOT NULL, changed REAL NOT NULL, signed REAL,
      acknowledged TEXT NOT NULL, PRIMARY KEY (study, version),
      CHECK ((version = 0) = (signed IS NULL))
    ) STRICT;

    CREATE TABLE delivery (
      study TEXT NOT NULL, version INTEGER NOT NULL, destination TEXT NOT NULL,
      fileName TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
      PRIMARY KEY (study, version, destination),
      FOREIGN KEY (study, version) REFERENCES report (study, version)
    ) STRICT;

    """ + unchangeable("report", when: "version > 0") + unchangeable("review", when: "version > 0")

  private static let learning = """
    CREATE TABLE lesson (
      instance TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES study, digest TEXT NOT NULL,
      isSuspicious INTEGER NOT NULL, regions TEXT NOT NULL, weight REAL NOT NULL,
      part TEXT NOT NULL, teacher TEXT NOT NULL, made REAL NOT NULL
    ) STRICT;
    CREATE INDEX lesson_study ON lesson (study);

    CREATE TABLE model (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, parents TEXT NOT NULL, round INTEGER,
      sites TEXT NOT NULL, lessons INTEGER NOT NULL, made REAL NOT NULL, state TEXT NOT NULL,
      decidedBy TEXT, decided REAL
    ) STRICT;
    CREATE UNIQUE INDEX model_active ON model (state) WHERE state = 'active';

    CREATE TABLE round (
      coordinator TEXT NOT NULL, number INTEGER NOT NULL, privacy TEXT NOT NULL,
      modelIn TEXT NOT NULL, modelOut TEXT, contributions TEXT NOT NULL,
      started REAL NOT NULL, ended REAL NOT NULL, PRIMARY KEY (coordinator, number, started)
    ) STRICT;

    """

  private static let leases = """
    CREATE TABLE lease (
      study TEXT PRIMARY KEY REFERENCES study, session TEXT NOT NULL, reader TEXT NOT NULL,
      since REAL NOT NULL, seen REAL NOT NULL
    ) STRICT;

    """

  private static let claims = """
    -- Whoever has a study open while the tables change has to open it anew.
    DROP TABLE lease;
    CREATE TABLE lease (
      study TEXT PRIMARY KEY REFERENCES study, session TEXT NOT NULL, reader TEXT NOT NULL,
      since REAL NOT NULL, reason TEXT, boot TEXT NOT NULL, beat REAL NOT NULL
    ) STRICT;

    -- What a reader had written when somebody else took the study over.
    CREATE TABLE setAside (
      study TEXT NOT NULL REFERENCES study, reader TEXT NOT NULL, at REAL NOT NULL,
      report TEXT NOT NULL, PRIMARY KEY (study, reader)
    ) STRICT;

    """

  private static let secondLooks = """
    -- Signed studies that are read once more; of one study the last row is the one that counts.
    CREATE TABLE secondLook (
      number INTEGER PRIMARY KEY, study TEXT NOT NULL REFERENCES study,
      version INTEGER NOT NULL, reason TEXT NOT NULL,
      weight REAL NOT NULL, firstReader TEXT NOT NULL, firstCall TEXT NOT NULL,
      queued REAL NOT NULL, state TEXT NOT NULL, second TEXT, third TEXT, closedBecause TEXT,
      changed REAL NOT NULL
    ) STRICT;
    CREATE INDEX secondLook_study ON secondLook (study, number);
    CREATE INDEX secondLook_open ON secondLook (state, weight)
      WHERE state IN ('waiting', 'arbitration');

    """

  private static let preliminaries =
    """
    -- Reports that were let out before they were signed, with the review of that moment.
    CREATE TABLE preliminary (
      study TEXT NOT NULL REFERENCES study, version INTEGER NOT NULL, report TEXT NOT NULL,
      review TEXT NOT NULL, PRIMARY KEY (study, version)
    ) STRICT;

    """ + unchangeable("preliminary", when: "version > 0") + stales("preliminary", "study")

  private static let arrivals = """
    ALTER TABLE instance ADD COLUMN source TEXT NOT NULL DEFAULT '';
    ALTER TABLE instance ADD COLUMN caveats TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE instance ADD COLUMN content TEXT NOT NULL DEFAULT '';
    -- When it was stored; null before this was noted.
    ALTER TABLE instance ADD COLUMN stored REAL;
    CREATE INDEX instance_stored ON instance (stored);
    UPDATE instance SET format = 'document' WHERE refusal IS NOT NULL AND format = 'dicom' AND (
      sopClass LIKE '1.2.840.10008.5.1.4.1.1.88.%' OR sopClass LIKE '1.2.840.10008.5.1.4.1.1.11.%'
      OR sopClass LIKE '1.2.840.10008.5.1.4.1.1.104.%');
    -- What an image is of; of the images that are there already it is known of single ones only.
    ALTER TABLE instance ADD COLUMN modality TEXT NOT NULL DEFAULT '';
    ALTER TABLE instance ADD COLUMN bodyPart TEXT NOT NULL DEFAULT '';
    ALTER TABLE instance ADD COLUMN view TEXT NOT NULL DEFAULT '';
    UPDATE instance SET (modality, bodyPart, view) =
      (SELECT modality, bodyPart, view FROM study WHERE study.uid = instance.study)
      WHERE (SELECT count(*) FROM instance AS other WHERE other.study = instance.study) = 1;

    -- The moment from which no more images are waited for, and how often a row was changed.
    ALTER TABLE study ADD COLUMN settles REAL NOT NULL DEFAULT 0;
    ALTER TABLE study ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    -- The order it follows.
    ALTER TABLE study ADD COLUMN request TEXT;
    CREATE INDEX study_patient ON study (patient);
    CREATE TRIGGER study_revised AFTER UPDATE ON study WHEN NEW.revision = OLD.revision BEGIN
      UPDATE study SET revision = OLD.revision + 1 WHERE uid = NEW.uid; END;

    CREATE INDEX study_request ON study (request);
    CREATE INDEX audit_imported ON audit (study) WHERE kind = 'imported';
    CREATE INDEX audit_refused ON audit (number) WHERE kind = 'refused';

    -- How many objects its archive had and we had not, when a study was looked at.
    ALTER TABLE triage ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;

    -- How many objects an archive says a study has.
    CREATE TABLE expectation (
      study TEXT PRIMARY KEY, instances INTEGER NOT NULL, source TEXT NOT NULL, at REAL NOT NULL
    ) STRICT;

    """

  private static let requests = """
    CREATE TABLE request (
      key TEXT PRIMARY KEY, accession TEXT NOT NULL, patientIdentifier TEXT NOT NULL,
      patientIssuer TEXT NOT NULL, patientName TEXT NOT NULL, birthDate TEXT, sex TEXT,
      procedure TEXT NOT NULL, procedureID TEXT NOT NULL, code TEXT, priority TEXT NOT NULL,
      modality TEXT NOT NULL, scheduledDate TEXT, scheduledTime TEXT, station TEXT NOT NULL,
      study TEXT, source TEXT NOT NULL, seen REAL NOT NULL
    ) STRICT;
    CREATE INDEX request_accession ON request (accession);
    CREATE INDEX request_study ON request (study);

    -- Studies that an archive has of a patient, and when it was last asked.
    CREATE TABLE prior (
      patient TEXT NOT NULL, uid TEXT NOT NULL, source TEXT NOT NULL,
      patientIdentifier TEXT NOT NULL, patientIssuer TEXT NOT NULL, patientName TEXT NOT NULL,
      accession TEXT NOT NULL, date TEXT, time TEXT, description TEXT NOT NULL,
      modalities TEXT NOT NULL, instances INTEGER, PRIMARY KEY (patient, source, uid)
    ) STRICT;
    CREATE TABLE priorSearch (
      patient TEXT NOT NULL, source TEXT NOT NULL, at REAL NOT NULL,
      PRIMARY KEY (patient, source)
    ) STRICT;

    """

  private static let ownReading = """
    ALTER TABLE review ADD COLUMN firstCall TEXT;
    ALTER TABLE review ADD COLUMN measurements TEXT NOT NULL DEFAULT '[]';

    """

  private static let federation = """
    -- What a coordinator asks, and what a person said of it.
    CREATE TABLE task (
      id TEXT PRIMARY KEY, coordinator TEXT NOT NULL, parts TEXT NOT NULL, settings TEXT NOT NULL,
      partners TEXT NOT NULL, clip REAL, noise REAL, asked REAL NOT NULL, state TEXT NOT NULL,
      decidedBy TEXT, decided REAL
    ) STRICT;

    -- What was sealed to leave this site; one row an instruction.
    CREATE TABLE released (
      id TEXT PRIMARY KEY, coordinator TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL,
      round INTEGER, modelIn TEXT NOT NULL, lessons INTEGER NOT NULL, manifest TEXT NOT NULL,
      examples INTEGER NOT NULL, norm REAL, clip REAL, noise REAL, began REAL NOT NULL,
      sealed REAL NOT NULL, answer TEXT, bytes INTEGER, taken REAL
    ) STRICT;
    CREATE INDEX released_sealed ON released (sealed);

    """

  private static let announcements = """
    -- An answer counts from its first byte on; before this layout it counted once it was sealed.
    ALTER TABLE released ADD COLUMN announced REAL;
    UPDATE released SET announced = sealed;

    """

  private static let trials = """
    CREATE TABLE trial (
      model TEXT PRIMARY KEY, against TEXT NOT NULL, made REAL NOT NULL, lessons INTEGER NOT NULL,
      checks TEXT NOT NULL
    ) STRICT;

    -- What models say that do not sort the worklist, or did not when the study was signed.
    CREATE TABLE shadow (
      study TEXT NOT NULL, model TEXT NOT NULL, triageClass TEXT NOT NULL, probability REAL,
      made REAL NOT NULL, PRIMARY KEY (study, model)
    ) STRICT;

    """

  private static let unsigned = """
    CREATE INDEX entry_open ON entry (study) WHERE isSigned = 0;

    """

  private static let log = """
    -- AUTOINCREMENT remembers the highest number, so that a cut tail is missed.
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, actor TEXT NOT NULL,
      kind TEXT NOT NULL, study TEXT, detail TEXT NOT NULL, previous TEXT NOT NULL,
      digest TEXT NOT NULL
    ) STRICT;

    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    """ + unchangeable("audit", when: "number > 0")

  /// Triggers that stop even our own mistakes: no such row is ever changed, replaced or removed.
  private static func unchangeable(_ table: String, when condition: String) -> String {
    let key = table == "audit" ? "number" : "study, version"
    let refuse = "BEGIN SELECT RAISE(ABORT, '\(table) is never overwritten'); END;"
    return """
      CREATE TRIGGER \(table)_unchanged BEFORE UPDATE ON \(table)
        WHEN OLD.\(condition) \(refuse)
      CREATE TRIGGER \(table)_kept BEFORE DELETE ON \(table)
        WHEN OLD.\(condition) \(refuse)
      CREATE TRIGGER \(table)_irreplaceable BEFORE INSERT ON \(table)
        WHEN NEW.\(condition) AND EXISTS (
          SELECT 1 FROM \(table) WHERE (\(key)) = (\(newKey(key)))) \(refuse)

      """
  }

  private static func newKey(_ key: String) -> String {
    key.split(separator: ", ").map { "NEW.\($0)" }.joined(separator: ", ")
  }
}
