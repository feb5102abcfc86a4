import Testing

@testable import DICOM

@Suite struct TagTests {
  @Test("a tag is shown as the standard prints it")
  func spelling() { #expect(DICOM.Tag.pixelData.description == "(7fe0,0010)") }

  @Test("the dictionary knows what implicit files leave out")
  func implied() {
    #expect(VR.implied(by: .patientName) == .PN)
    #expect(VR.implied(by: .contentSequence) == .SQ)
    #expect(VR.implied(by: DICOM.Tag(0x0009, 0x0010)) == .LO)
    #expect(VR.implied(by: DICOM.Tag(0x0009, 0x1010)) == .UN)
    #expect(VR.implied(by: DICOM.Tag(0x0018, 0)) == .UL)
  }
}
