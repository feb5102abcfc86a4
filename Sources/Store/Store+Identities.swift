import GRDB

extension Store {
  /// What names patients here.
  public struct Identities: Sendable {
    /// Names of people in the form of DICOM, `FAMILY^GIVEN`.
    public let names: Set<String>
    /// Numbers of patients and orders, dates of birth, and UIDs.
    public let numbers: Set<String>
  }
}

extension Store {
  /// Everything stored that names a patient, an order or an image: names, numbers and UIDs.
  ///
  /// What is to leave without identity is searched for these.
  public func identities() throws(StoreError) -> Identities {
    try read { database in
      let names = try String.fetchSet(
        database,
        sql: """
          SELECT name FROM patient UNION SELECT referrer FROM study
          UNION SELECT patientName FROM request UNION SELECT patientName FROM prior
          """)
      let numbers = try String.fetchSet(
        database,
        sql: """
          SELECT identifier FROM patient UNION SELECT birthDate FROM patient
          UNION SELECT accession FROM study UNION SELECT uid FROM study
          UNION SELECT uid FROM series UNION SELECT uid FROM instance
          UNION SELECT accession FROM request UNION SELECT patientIdentifier FROM request
          UNION SELECT procedureID FROM request UNION SELECT study FROM request
          UNION SELECT birthDate FROM request UNION SELECT uid FROM prior
          UNION SELECT accession FROM prior UNION SELECT patientIdentifier FROM prior
          EXCEPT SELECT NULL
          """)
      return Identities(
        names: names.subtracting([""]), numbers: numbers.subtracting([""]))
    }
  }
}
