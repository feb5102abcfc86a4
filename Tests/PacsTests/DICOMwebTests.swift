import DICOM
import Foundation
import Gateway
import Radiology
import TestSupport
import Testing

/// A real archive is searched and pulled.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK && SharedFiles.hasImage)) struct DICOMwebTests {
  /// A folder for one test with copies of one image as a study of several objects.
  private final class Study {
    let folder: URL
    let uid: String
    let patient: String
    let files: [URL]

    init(objects: Int) async throws {
      folder = try Receiver.newFolder()
      let header = try DICOMFile.read(try Data(contentsOf: SharedFiles.image)).dataSet
      uid = try #require(header.uid(.studyInstanceUID))
      patient = try #require(header.string(.patientID))
      files = (0..<objects).map { [folder] in folder.appending(path: "\($0).dcm") }
      for file in files {
        try FileManager.default.copyItem(at: SharedFiles.image, to: file)
        let outcome = try await run("dcmodify", "-nb", "-gin", file.path)
        try #require(outcome.status == 0, "\(outcome)")
      }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func spool() throws -> SpoolFolder { try SpoolFolder(folder.appending(path: "spool")) }
  }

  /// What an archive's section of the configuration would be.
  private static func archive(
    at url: String, _ settings: String = "", in folder: URL
  ) throws -> Configuration.Archive {
    let file = folder.appending(path: Configuration.fileName)
    try Data("[[pacs]]\nname = \"Orthanc\"\nurl = \"\(url)\"\n\(settings)".utf8).write(to: file)
    return try #require(try Configuration.read(home: folder).archives.first)
  }

  @Test("studies are found by patient, accession, date and modality, with their counts")
  func found() async throws {
    let study = try await Study(objects: 3)
    let header = try DICOMFile.read(try Data(contentsOf: study.files[0])).dataSet
    try await Orthanc.running { orthanc in
      for file in study.files {
        _ = try await orthanc.rest("/instances", post: try Data(contentsOf: file))
      }
      let web = try DICOMweb(
        Self.archive(at: "http://127.0.0.1:\(orthanc.http)/dicom-web", in: study.folder))
      let priors = try await web.priors(patient: study.patient, issuer: "")
      let prior = try #require(priors.studies.first)
      #expect(priors.studies.count == 1 && priors.unreadable == 0 && !priors.isCut)
      #expect(prior.uid == study.uid && prior.instances == 3 && prior.source == "Orthanc")
      #expect(prior.patientName == header.string(.patientName))
      #expect(prior.date == header.string(.studyDate))
      #expect(prior.description == header.string(.studyDescription) ?? "")
      #expect(prior.modalities == [header.string(.modality) ?? ""])

      let accession = header.string(.accessionNumber)
      for query in [
        StudyQuery(accession: accession), StudyQuery(date: prior.date),
        StudyQuery(modality: prior.modalities.first), StudyQuery(study: study.uid), StudyQuery(),
      ] {
        #expect(try await web.studies(query).studies == [prior], "\(query)")
      }
      for query in [
        StudyQuery(patient: "nobody"), StudyQuery(accession: "none"),
        StudyQuery(date: "19000101-19000102"), StudyQuery(modality: "ECG"),
        StudyQuery(study: "1.2.3.4.5"),
      ] {
        #expect(try await web.studies(query).studies.isEmpty, "\(query)")
      }
      await web.close()
    }
  }

  @Test("a pulled study is byte for byte what was stored, and a second pull fetches nothing")
  func pulled() async throws {
    let study = try await Study(objects: 5)
    try await Orthanc.running { orthanc in
      for file in study.files.dropLast() {
        _ = try await orthanc.rest("/instances", post: try Data(contentsOf: file))
      }
      let web = try DICOMweb(
        Self.archive(at: "http://127.0.0.1:\(orthanc.http)/dicom-web", in: study.folder))
      var here: Set<String> = []
      let first = try await web.pull(study.uid, into: study.spool(), isKnown: here.contains)
      #expect(first.isWhole && first.expected == 4 && first.arrived.count == 4)
      #expect(
        try Set(first.arrived.values.map { try Data(contentsOf: $0) })
          == Set(study.files.dropLast().map { try Data(contentsOf: $0) }))

      here.formUnion(first.arrived.keys)
      let second = try await web.pull(study.uid, into: study.spool(), isKnown: here.contains)
      #expect(second.isWhole && second.known == 4 && second.arrived.isEmpty)

      let late = try Data(contentsOf: study.files[4])
      _ = try await orthanc.rest("/instances", post: late)
      let third = try await web.pull(study.uid, into: study.spool(), isKnown: here.contains)
      #expect(third.isWhole && third.known == 4 && third.expected == 5)
      #expect(try third.arrived.values.map { try Data(contentsOf: $0) } == [late])
      await #expect(throws: GatewayError.self) {
        try await web.pull("1.2.3.4.5", into: study.spool(), isKnown: { _ in false })
      }
      await web.close()
    }
  }

  @Test("compressed objects of every transfer syntax come as they were stored")
  func everySyntax() async throws {
    try #require(SharedFiles.hasDICOM)
    var files: [String: URL] = [:]
    for row in try SharedFiles.index() where row["parse"] == "ok" {
      guard let bytes = row["bytes"].flatMap({ Int($0) }), bytes < 1_000_000 else { continue }
      guard let name = row["file"], let syntax = row["transfer_syntax_uid"] else { continue }
      files[syntax] = files[syntax] ?? SharedFiles.dicom.appending(path: name)
    }
    #expect(files.count >= 10)
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try await Orthanc.running { orthanc in
      let web = try DICOMweb(
        Self.archive(at: "http://127.0.0.1:\(orthanc.http)/dicom-web", in: folder))
      // Several files of the index are one object in several encodings; Orthanc keeps the first.
      var stored: Set<String> = []
      for (syntax, file) in files {
        let bytes = try Data(contentsOf: file)
        guard let header = try? DICOMFile.read(bytes).dataSet,
          let study = header.uid(.studyInstanceUID), let object = header.uid(.sopInstanceUID),
          stored.insert(object).inserted,
          (try? await orthanc.rest("/instances", post: bytes)) != nil
        else { continue }
        let spool = try SpoolFolder(folder.appending(path: "spool"))
        let delivery = try await web.pull(study, into: spool, isKnown: { _ in false })
        let pulled = try #require(delivery.arrived[object], "\(syntax)")
        #expect(try Data(contentsOf: pulled) == bytes, "\(syntax)")
      }
      #expect(stored.count >= 8)
      await web.close()
    }
  }

  @Test(
    "with TLS and a password a study comes; with another authority or no password it does not",
    .enabled(if: SecureOrthanc.isHere))
  func secured() async throws {
    let study = try await Study(objects: 2)
    try await SecureOrthanc.running { orthanc in
      for file in study.files { try await orthanc.store(file) }
      let url = "https://127.0.0.1:\(orthanc.https)/dicom-web"
      let user = "user = \"reader\"\npassword_file = \"\(orthanc.password.path)\"\n"
      let trust = "authorities = \"\(orthanc.authority.path)\"\n"
      let distrust = "authorities = \"\(orthanc.stranger.path)\"\n"

      let web = try DICOMweb(Self.archive(at: url, user + trust, in: study.folder))
      #expect(try await web.pull(study.uid, into: study.spool(), isKnown: { _ in false }).isWhole)
      await web.close()

      let server = "PACS “Orthanc” (127.0.0.1:\(orthanc.https))"
      for (settings, error) in [
        (user + distrust, GatewayError.untrusted(server: server)),
        (user, .untrusted(server: server)),
        (trust, .refused(server: server, status: 401)),
      ] {
        let web = try DICOMweb(Self.archive(at: url, settings, in: study.folder))
        await #expect(throws: error) { try await web.probe() }
        await web.close()
      }
    }
  }
}
