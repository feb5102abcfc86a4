import Testing

@testable import DICOM

@Suite("Pseudonyms")
struct PseudonymsTests {
  @Test("are the same under one secret and others under another")
  func keyed() throws {
    let radiograph = try Radiograph()
    let first = try radiograph.deidentified(by: .under("ours"))
    let again = try radiograph.deidentified(by: .under("ours"))
    let elsewhere = try radiograph.deidentified(by: .under("theirs"))
    #expect(first == again)
    for tag: DICOM.Tag in [.patientName, .patientID, .sopInstanceUID, .studyDate] {
      #expect(first.string(tag) != elsewhere.string(tag), "\(tag)")
      #expect(first.string(tag) != radiograph.dataSet.string(tag), "\(tag)")
    }
  }

  @Test("keep the images of one patient and one study together")
  func together() throws {
    var first = try Radiograph()
    var second = try Radiograph()
    try first.dataSet.set(.studyDate, "20200101")
    try second.dataSet.set(.studyDate, "20200111")
    try second.dataSet.set(.sopInstanceUID, "1.2.3.4.6")
    let (one, two) = (try first.deidentified(), try second.deidentified())
    #expect(one.string(.patientID) == two.string(.patientID))
    #expect(one.uid(.studyInstanceUID) == two.uid(.studyInstanceUID))
    #expect(one.uid(.sopInstanceUID) != two.uid(.sopInstanceUID))
    let dates = [one, two].compactMap { $0.string(.studyDate).flatMap { CivilDate($0) } }
    #expect(dates.count == 2 && dates[0].moved(by: 10) == dates[1])
    #expect(dates.allSatisfy { $0.text < "20200101" })
  }

  @Test("tell patients apart whose number is the same at two hospitals, or missing")
  func apart() throws {
    var other = try Radiograph()
    try other.dataSet.set(.issuerOfPatientID, "elsewhere")
    var nameless = try Radiograph()
    nameless.dataSet.setEmpty(.patientID)
    var another = nameless
    try another.dataSet.set(.studyInstanceUID, "1.2.3.5")
    let names = try [try Radiograph(), other, nameless, another].map {
      try $0.deidentified().string(.patientID)
    }
    #expect(Set(names).count == 4)
  }

  @Test("refer to what they referred to, in every sequence and in the file's header")
  func references() throws {
    var radiograph = try Radiograph()
    var item = DataSet()
    try item.set(.referencedSOPClassUID, "1.2.840.10008.5.1.4.1.1.1.1")
    try item.set(.referencedSOPInstanceUID, "1.2.3.4.5")
    radiograph.dataSet.set(.referencedImageSequence, items: [item])
    let bytes = try Deidentifier.under("secret").output(of: radiograph.bytes()).bytes
    let file = try DICOMFile.read(bytes)
    let instance = try #require(file.dataSet.uid(.sopInstanceUID))
    let reference = file.dataSet.items(.referencedImageSequence).first
    #expect(reference?.uid(.referencedSOPInstanceUID) == instance)
    #expect(reference?.uid(.referencedSOPClassUID) == "1.2.840.10008.5.1.4.1.1.1.1")
    #expect(file.meta.uid(.mediaStorageSOPInstanceUID) == instance)
    #expect(instance.hasPrefix("2.25."))
  }
}
