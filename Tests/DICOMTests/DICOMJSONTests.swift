import DICOM
import Foundation
import Testing

@Suite("DICOM JSON")
struct DICOMJSONTests {
  private func dataSet(_ json: String) throws -> DataSet {
    try DICOMJSON.dataSet(in: Data(json.utf8))
  }

  @Test("texts, names, numbers and sequences read as from a file")
  func everyKind() throws {
    let set = try dataSet(
      """
      { "00080005": {"vr": "CS", "Value": ["ISO_IR 100"]},
        "00080061": {"vr": "CS", "Value": ["DX", "SR"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}]},
        "00100020": {"vr": "LO"},
        "00201208": {"vr": "IS", "Value": [3]},
        "00280030": {"vr": "DS", "Value": [0.168, "0.2"]},
        "00280010": {"vr": "US", "Value": [512]},
        "00280106": {"vr": "SS", "Value": [-7]},
        "00189073": {"vr": "FD", "Value": [1.5]},
        "00080056": {"vr": "CS", "Value": [null]},
        "00281201": {"vr": "OW", "InlineBinary": "AQIDBA=="},
        "7FE00010": {"vr": "OW", "BulkDataURI": "http://127.0.0.1/elsewhere"},
        "00400100": {"vr": "SQ", "Value": [{"00400001": {"vr": "AE", "Value": ["SECONDLOOK"]}}, null]} }
      """)
    #expect(set.strings(Tag(0x0008, 0x0061)) == ["DX", "SR"])
    #expect(set.personName(.patientName)?.alphabetic.family == "Yamada")
    #expect(set.personName(.patientName)?.ideographic.given == "太郎")
    #expect(set.contains(.patientID) && set.string(.patientID) == nil)
    #expect(set.integer(.numberOfStudyRelatedInstances) == 3)
    #expect(set.decimals(Tag(0x0028, 0x0030)) == [0.168, 0.2])
    #expect(set.integer(.rows) == 512)
    #expect(set.integer(Tag(0x0028, 0x0106)) == -7)
    #expect(set.decimal(Tag(0x0018, 0x9073)) == 1.5)
    #expect(set.bytes(Tag(0x0028, 0x1201)) == [1, 2, 3, 4])
    #expect(!set.contains(.pixelData))
    #expect(!set.contains(.specificCharacterSet))
    #expect(
      set.items(Tag(0x0040, 0x0100)).map { $0.string(Tag(0x0040, 0x0001)) } == ["SECONDLOOK", nil])
  }

  @Test("numbers may be written as text")
  func numbersAsText() throws {
    let set = try dataSet(
      #"{"00201208": {"vr":"IS","Value":["12"]}, "00280010": {"vr":"US","Value":["512"]}}"#)
    #expect(set.integer(.numberOfStudyRelatedInstances) == 12)
    #expect(set.integer(.rows) == 512)
  }

  @Test("one object that is wrong does not hide the others")
  func oneWrong() throws {
    let answers = try DICOMJSON.dataSets(
      in: Data(
        #"""
        [ {"0020000D": {"vr": "UI", "Value": ["1.2"]}}, 7, {"0020000D": {"vr": "UI", "Value": ["1\\2"]}},
          {"0020000D": {"vr": "UI", "Value": ["1.3"]}} ]
        """#.utf8))
    #expect(answers.map { try? $0.get().uid(.studyInstanceUID) } == ["1.2", nil, nil, "1.3"])
    #expect(throws: DICOMError.notJSON) { try answers[1].get() }
    #expect(throws: DICOMError.badCharacters(.studyInstanceUID, .UI)) { try answers[2].get() }
  }

  @Test(
    "what is no DICOM JSON is refused",
    arguments: [
      "", "null", "<html></html>", #"{"PatientID": {"vr": "LO"}}"#, #"{"00100020": {}}"#,
      #"{"00100020": {"vr": "XX"}}"#, #"{"00100020": {"vr": "LO", "Value": "x"}}"#,
      #"{"00100020": {"vr": "LO", "Value": [{"a": 1}]}}"#, #"{"-0100020": {"vr": "LO"}}"#,
    ])
  func notJSON(text: String) {
    #expect(throws: DICOMError.notJSON) { try dataSet(text) }
  }

  @Test(
    "a value that does not fit is refused",
    arguments: [
      #"{"00280010": {"vr": "US", "Value": [70000]}}"#,
      #"{"00280010": {"vr": "US", "Value": [1.5]}}"#,
      #"{"00189073": {"vr": "FD", "Value": ["NaN"]}}"#,
      #"{"00281201": {"vr": "OW", "Value": [1]}}"#,
      #"{"00281201": {"vr": "OW", "InlineBinary": "?"}}"#,
      #"{"00281201": {"vr": "OW", "InlineBinary": "AQ=="}}"#,
      #"{"00280009": {"vr": "AT", "Value": ["12"]}}"#,
    ])
  func doesNotFit(text: String) {
    #expect(throws: DICOMError.self) { try dataSet(text) }
  }

  @Test("a nest of sequences ends at a limit", arguments: [17, 100, 5_000])
  func nested(depth: Int) {
    let open = #"{"00400100": {"vr": "SQ", "Value": ["#
    let text =
      String(repeating: open, count: depth) + "{}" + String(repeating: "]}}", count: depth)
    #expect(throws: DICOMError.self) { try dataSet(text) }
  }
}
