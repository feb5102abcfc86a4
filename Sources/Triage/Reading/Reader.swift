import Crypto
public import Engine
public import Foundation
public import Imaging
public import Radiology

/// Looks at studies with one model: images in, triage out.
///
/// It answers *normal* only after it has judged every image of the study and found none doubtful;
/// whatever keeps it from that is an answer of its own, *undetermined* or *failed* with the reason.
/// A study of a frontal and a lateral view, which is most chest examinations, is no exception: a
/// model that knows no laterals has not looked at half of it. Its answer is then undetermined and
/// says that nothing was found in the other half; a suspicion in any image stays one.
public actor Reader {
  public nonisolated let model: Model
  private var scorer: Scorer?
  private let threads: Int?
  private let tuning: Tuning

  /// No more than this many regions; a longer list would not be looked at.
  public static let mostRegions = 5

  /// Reads with this many threads, with the processors of the machine where nil, and goes by the
  /// algorithms of a tuning.
  public init(model: Model, threads: Int? = nil, tuning: Tuning = .bySize) {
    self.model = model
    self.threads = threads
    self.tuning = tuning
  }

  /// Reads one study.
  ///
  /// It is given every image of the study with its picture, or nil where that could not be
  /// decoded; objects that never have a picture (reports, presentation states) do not belong in
  /// it. `missing` are objects that an archive has and that have not arrived. Of several images the
  /// most suspicious decides.
  public func read(
    study: Study, images: [(instance: Instance, image: GreyImage?)], missing: Int = 0,
    at date: Date
  ) -> Triage {
    do {
      return try judge(study: study, images: images, missing: missing, at: date)
    } catch let refusal as Refused {
      return Triage(study: study.uid, refused: refusal.refusal, model: model.id, made: date)
    } catch let error as TriageError {
      return Triage(
        study: study.uid, refused: .failed(error.description), model: model.id, made: date)
    } catch {
      return Triage(
        study: study.uid, refused: .failed("The model could not be run; try again."),
        model: model.id, made: date)
    }
  }

  /// A refusal on its way up.
  private struct Refused: Error { let refusal: Triage.Refusal }

  private func judge(
    study: Study, images: [(instance: Instance, image: GreyImage?)], missing: Int, at date: Date
  ) throws -> Triage {
    let pictures = images.compactMap { pair in pair.image.map { (pair.instance, $0) } }
    guard !pictures.isEmpty else {
      let reason = images.compactMap(\.instance.refusal).first
      throw Refused(
        refusal: .failed(reason ?? "No image of this study could be read."))
    }
    if let reason = model.card.reasonNotCovered(study) {
      throw Refused(refusal: .undetermined(reason))
    }
    var doubts = Doubts(
      images: images.count, unread: images.count - pictures.count, missing: missing)
    var judged: [(instance: Instance, map: EvidenceMap)] = []
    for (instance, image) in pictures {
      if let reason = reasonNotToJudge(instance) {
        doubts.add(reason)
        continue
      }
      switch try look(at: image) {
      case .judged(let map): judged.append((instance, map))
      case .doubtful(let reason): doubts.add(reason)
      }
      for caveat in instance.caveats where caveat.preventsNormal { doubts.add(caveat.text) }
    }
    guard let worst = judged.max(by: { $0.map.pooled < $1.map.pooled }) else {
      throw Refused(
        refusal: .undetermined(doubts.reason(judged: 0) ?? "No image could be judged."))
    }
    let probability = model.calibration.study.probability(worst.map.pooled)
    // A doubtful image can never make a study normal, but it takes nothing from a suspicion.
    if let reason = doubts.reason(judged: judged.count), probability < model.calibration.threshold {
      throw Refused(refusal: .undetermined(reason))
    }
    return Triage(
      study: study.uid, probability: probability, threshold: model.calibration.threshold,
      findings: findings(judged, isSuspicious: probability >= model.calibration.threshold),
      model: model.id, made: date)
  }

  /// Why the model must not look at an image at all, whatever its pixels are.
  func reasonNotToJudge(_ instance: Instance) -> String? {
    if let reason = model.card.reasonNotCovered(instance) { return reason }
    if instance.frames > 1 {
      return "An image has \(instance.frames) frames, and the model judges single pictures only."
    }
    return instance.caveats.first(where: \.preventsJudging)?.text
  }

  enum Look {
    case judged(EvidenceMap)
    case doubtful(String)
  }

  func look(at image: GreyImage) throws -> Look {
    let side = model.preprocessing.side
    guard max(image.columns, image.rows) >= side else {
      return .doubtful(
        "An image is \(image.columns) by \(image.rows) pixels small, and the model looks at "
          + "\(side) by \(side).")
    }
    let prepared: Prepared
    do { prepared = try model.preprocessing(image) } catch {
      return .doubtful(error.description)
    }
    if let reason = model.familiarity?.reasonUnfamiliar(prepared) { return .doubtful(reason) }
    if scorer == nil { scorer = try Scorer(model, threads: threads, tuning: tuning) }
    guard let map = try scorer?.maps(of: [prepared]).first, map.isFinite else {
      return .doubtful("The network gave no number for an image; it is not judged.")
    }
    return .judged(map)
  }

  /// The most suspicious places of all images; a suspicious study has at least one.
  private func findings(
    _ judged: [(instance: Instance, map: EvidenceMap)], isSuspicious: Bool
  ) -> [Finding] {
    let curve = model.calibration.region
    let level = curve.evidence(model.calibration.regionThreshold)
    var places = judged.flatMap { instance, map in
      map.spots(above: level, atMost: Self.mostRegions).map { (instance, map, $0) }
    }
    if places.isEmpty, isSuspicious, let worst = judged.max(by: { $0.map.peak < $1.map.peak }) {
      places = worst.map.spots(above: worst.map.peak, atMost: 1).map {
        (worst.instance, worst.map, $0)
      }
    }
    places.sort { $0.2.evidence > $1.2.evidence }
    let regions = places.compactMap { instance, map, spot in
      map.placement.imageBox(spot.box).flatMap { box in
        (try? Region(
          instance: instance.uid, x0: box.x0.rounded(), y0: box.y0.rounded(),
          x1: box.x1.rounded(), y1: box.y1.rounded()))
          .map { (region: $0, digest: instance.digest, evidence: spot.evidence) }
      }
    }
    return regions.prefix(Self.mostRegions).enumerated().map { index, place in
      Finding(
        trackingUID: trackingUID(place.region, of: place.digest), name: "R\(index + 1)",
        region: place.region, probability: curve.probability(place.evidence), origin: .model)
    }
  }

  /// The same for the same image, model and box, so that reading again repeats nothing.
  private func trackingUID(_ region: Region, of digest: String) -> String {
    let text =
      "\(digest) \(model.id) \(region.frame) \(region.x0) \(region.y0) \(region.x1) "
      + "\(region.y1)"
    return UID.make(digest: SHA256.hash(data: Data(text.utf8)).hexadecimal, role: .finding)
  }
}
