import Radiology
import Testing

@Suite struct ManifestTests {
  @Test("a row tells what its picture shows")
  func row() throws {
    let manifest = try Manifest(
      parsing: """
        file,label,patient,site,split,boxes,view,age
        a/1.png,suspicious,p1,nih,val,1 2 3 4;5 6 7.5 8,PA,63
        """)
    let row = try #require(manifest.rows.first)
    #expect(row.label == .suspicious)
    #expect(row.split == .validation)
    #expect(row.boxes.map(\.x1) == [3, 7.5])
    #expect(row.age == 63)
    #expect(manifest.complaints.isEmpty)
  }

  @Test("quotes, commas inside them and Windows line ends are understood")
  func quotes() throws {
    let manifest = try Manifest(parsing: "file,finding,site\r\n1.png,\"a \"\"b\"\", c\",x\r\n")
    #expect(manifest.rows.map(\.site) == ["x"])
  }

  @Test("an unknown column is ignored and named")
  func unknownColumn() throws {
    let manifest = try Manifest(parsing: "file,labl\n1.png,normal\n")
    #expect(manifest.rows.count == 1)
    #expect(manifest.complaints.first?.contains("“labl”") == true)
  }

  @Test(
    "a row that cannot be used is left out, and the others stay",
    arguments: [
      "2.png,benign,train,", "2.png,normal,holdout,", "2.png,normal,train,1 2 3",
      "2.png,normal,train,5 5 1 9", "../2.png,normal,train,", "/2.png,normal,train,",
      "2.png,normal", ",normal,train,",
    ])
  func unusable(line: String) throws {
    let manifest = try Manifest(parsing: "file,label,split,boxes\n1.png,normal,train,\n\(line)\n")
    #expect(manifest.rows.map(\.file) == ["1.png"])
    #expect(manifest.complaints.count == 1)
  }

  @Test("a row that was left out tells its file why, without its own words")
  func leftOut() throws {
    let manifest = try Manifest(parsing: "file,label\n1.png,normal\n2.png,DOE^JANE\n")
    #expect(
      manifest.leftOut == ["2.png": "its label is unknown; use normal, suspicious or nothing."])
    #expect(
      manifest.complaints == [
        "Row 3 was left out: label “DOE^JANE” is unknown; use normal, suspicious or nothing."
      ])
  }

  @Test("a manifest without a header, a file column or a usable row is refused")
  func refused() {
    #expect(throws: RadiologyError.manifestIsEmpty) { try Manifest(parsing: "") }
    #expect(throws: RadiologyError.manifestLacksColumn("file")) {
      try Manifest(parsing: "path,label\n1.png,normal\n")
    }
    #expect(throws: RadiologyError.self) { try Manifest(parsing: "file,label\n1.png,odd\n") }
  }

  @Test("a complaint repeats no control sequence of the file")
  func safeComplaint() throws {
    let manifest = try Manifest(parsing: "file,label\n1.png,normal\n2.png,\u{1B}[2Jx\n")
    #expect(manifest.complaints.first?.contains("\u{1B}") == false)
  }
}
