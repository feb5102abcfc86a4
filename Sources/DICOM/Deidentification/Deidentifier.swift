/// Takes a patient's identity out of an image, or refuses the image.
///
/// It follows the Basic Application Level Confidentiality Profile with the Retain Longitudinal
/// Temporal Information with Modified Dates Option, and fails closed: what it does not know, it
/// refuses. Pixels are never changed, so an image whose pixels may show text is refused as well.
/// Afterwards the result is searched for what the image said of the patient.
/// Source: PS3.15 Annex E.
public struct Deidentifier: Sendable {
  private let pseudonyms: Pseudonyms

  public init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

  /// A file without the patient's identity.
  public struct Output: Sendable, Equatable {
    /// A Part 10 file; its pixels are those of the input, bit for bit.
    public let bytes: [UInt8]
    /// The new SOP Instance UID, which tells nothing of the old one.
    public let instance: String
    /// The new Study Instance UID, the same for all images of a study; nil if there was none.
    public let study: String?
  }

  /// The bytes of a file once without identity; nothing is written anywhere.
  ///
  /// `inflate` undoes deflate; without it, deflated files are refused.
  /// - Throws: the reason why the file has to stay.
  public func output(
    of bytes: [UInt8], inflate: DICOMFile.Inflate? = nil
  ) throws(DeidentificationError) -> Output {
    let located: DICOMFile.Located
    do { located = try DICOMFile.locate(bytes, inflate: inflate) } catch { throw .file(error) }
    let original = located.file.dataSet
    try ImageClearance.check(original)
    let traces = IdentityTraces(of: original)
    let dataSet = try cleaned(original, located.file.transferSyntax, traces)
    let output: [UInt8]
    do {
      output = try DICOMFile(dataSet, in: located.file.transferSyntax)
        .write(pixelsFrom: located.bytes)
    } catch {
      throw .file(error)
    }
    guard !traces.appear(in: output) else { throw .identityLeftInPixels }
    guard let instance = dataSet.uid(.sopInstanceUID) else {
      throw .file(.missing(.sopInstanceUID))
    }
    return Output(
      bytes: output, instance: instance, study: dataSet.uid(.studyInstanceUID))
  }

  private func cleaned(
    _ original: DataSet, _ syntax: TransferSyntax, _ traces: IdentityTraces
  ) throws(DeidentificationError) -> DataSet {
    let patient = try PatientKey(original)
    let cleaner = AttributeCleaner(
      pseudonyms: pseudonyms, dates: MovedDate(days: pseudonyms.days(for: patient)),
      traces: traces, isSigned: original.integer(.pixelRepresentation) == 1,
      isBigEndian: syntax.isBigEndian)
    var source = original
    // Whatever was said of an earlier round is said anew.
    for tag in Self.statement { source[tag] = nil }
    var result = try cleaner.cleaned(source)
    do throws(DICOMError) {
      try state(in: &result, pseudonyms.patient(patient))
    } catch {
      throw .file(error)
    }
    return result
  }

  // MARK: What the result says of itself

  private static let statement: [Tag] = [
    .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence,
    .longitudinalTemporalInformationModified,
  ]

  /// Source: PS3.15 E.1.1, PS3.16 CID 7050.
  private func state(in dataSet: inout DataSet, _ patient: String) throws(DICOMError) {
    try dataSet.set(.patientName, patient + "^")
    try dataSet.set(.patientID, patient)
    try dataSet.set(.patientIdentityRemoved, "YES")
    try dataSet.set(.deidentificationMethod, ["SecondLook", "PS3.15 2026c Table E.1-1"])
    dataSet.set(
      .deidentificationMethodCodeSequence,
      items: [
        try code("113100", "Basic Application Confidentiality Profile"),
        try code(
          "113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
      ])
    try dataSet.set(.longitudinalTemporalInformationModified, "MODIFIED")
  }

  private func code(_ value: String, _ meaning: String) throws(DICOMError) -> DataSet {
    var item = DataSet(characterSet: .ascii)
    try item.set(.codeValue, value)
    try item.set(.codingSchemeDesignator, "DCM")
    try item.set(.codeMeaning, meaning)
    return item
  }
}
