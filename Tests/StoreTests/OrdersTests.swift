import Foundation
import Radiology
import Store
import Testing

@Suite struct OrdersTests {
  let store: Store

  init() throws { store = try Store() }

  private func order(
    _ accession: String = "A1", patient: String = "4711", issuer: String = "",
    study: String? = nil, priority: Priority = .stat
  ) -> Order {
    Order(
      accession: accession, patientIdentifier: patient, patientIssuer: issuer,
      procedure: "Chest PA", procedureID: "RP1", priority: priority, modality: "DX",
      scheduledDate: "20240102", study: study, source: "RIS")
  }

  @Test("a study follows the order that names it, whichever of the two came first")
  func bothWays() throws {
    try store.save(intake("1.1", accession: "A1"))
    #expect(try store.save([order("A1"), order("A2", study: "1.2")], at: noon) == 1)
    try store.save(intake("1.2"))
    #expect(try store.order(of: "1.1")?.accession == "A1")
    #expect(try store.order(of: "1.2")?.accession == "A2")
    #expect(try store.study("1.2")?.accession == "A2")
    #expect(try store.study("1.1")?.priority == .stat)
    #expect(try store.openOrders().isEmpty)
  }

  @Test("an order of another patient is never followed")
  func otherPatient() throws {
    try store.save(intake("1.1", patient: "4711", accession: "A1"))
    try store.save([order("A1", patient: "815"), order("A1", patient: "", study: "1.1")], at: noon)
    #expect(try store.order(of: "1.1") == nil)
    #expect(try store.study("1.1")?.priority == .routine)
    #expect(try store.openOrders().count == 2)
  }

  @Test("an order makes a study more urgent and never less")
  func raises() throws {
    try store.save(intake("1.1", accession: "A1", priority: .urgent))
    try store.save([order(priority: .routine)], at: noon)
    #expect(try store.study("1.1")?.priority == .urgent)
    try store.save([order(priority: .stat)], at: noon)
    #expect(try store.study("1.1")?.priority == .stat)
  }

  @Test("the worklist shows at once what an order changes")
  func worklist() throws {
    try store.save([intake("1.1"), intake("1.2", accession: "A1", arrived: noon + 5)])
    #expect(try store.worklist().map(\.id) == ["1.1", "1.2"])
    try store.save([order()], at: noon)
    let rows = try store.worklist()
    #expect(rows.map(\.id) == ["1.2", "1.1"])
    #expect(rows[0].order?.procedure == "Chest PA")
    #expect(rows[0].study.priority == .stat)
  }

  @Test("an order is read again when the worklist says it differently")
  func corrected() throws {
    try store.save(intake("1.1", accession: "A1"))
    try store.save([order()], at: noon)
    _ = try store.worklist()
    try store.save(
      [
        Order(
          accession: "A1", patientIdentifier: "4711", procedure: "Chest lateral",
          procedureID: "RP1", source: "RIS")
      ], at: noon + 60)
    #expect(try store.worklist()[0].order?.procedure == "Chest lateral")
  }

  @Test("an order nobody followed is forgotten after a week, one that was followed is kept")
  func forgotten() throws {
    try store.save(intake("1.1", accession: "A1"))
    try store.save([order("A1"), order("A2")], at: noon)
    try store.save([], at: noon + 8 * 86_400)
    #expect(try store.openOrders().isEmpty)
    #expect(try store.order(of: "1.1")?.accession == "A1")
  }
}
