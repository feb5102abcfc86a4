public import Radiology

/// Where the reader is: saved with every change of screen, and taken up again at the next start.
///
/// Unknown or missing parts of an older version read as their defaults.
public struct ScreenState: Codable, Sendable, Hashable {
  /// The screens one can be on.
  public enum Screen: String, Codable, Sendable {
    case worklist, study, report, system, sync, log, clinician
  }

  public var screen = Screen.worklist
  /// The study that is open, or else the one the cursor is on.
  public var study: Study.ID?
  public var filter = ""
  public var sort = WorklistSort.triage
  /// Views of the worklist the reader has kept.
  public var views: [WorklistView] = []
  /// Which image of the open study, counted from 0.
  public var image = 0
  /// Which frame of that image, counted from 0.
  public var frame = 0
  /// Middle of the view in pixels of the image, and screen pixels per image pixel; none fits it.
  public var view: SavedView?
  public var window: SavedWindow?
  public var isInverted = false
  public var showsRegions = true
  public var showsHeat = false
  /// The model's answer is hidden until the reader has called the study.
  public var readsFirst = false
  public var hidesNames = false
  /// Whether the reader wants the mouse taken; none leaves it to the configuration.
  public var capturesMouse: Bool?
  /// The look the reader chose; none leaves it to the configuration.
  public var theme: String?

  public struct SavedView: Codable, Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var zoom: Double
  }

  /// In modality units.
  public struct SavedWindow: Codable, Sendable, Hashable {
    public var center: Double
    public var width: Double
  }

  public init() {}

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    // A part that cannot be read is left at its default: half a memory is better than none.
    func read<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) -> Value {
      (try? values.decodeIfPresent(Value.self, forKey: key)) ?? fallback
    }
    screen = read(.screen, .worklist)
    study = read(.study, nil)
    filter = read(.filter, "")
    sort = read(.sort, .triage)
    views = read(.views, [])
    image = read(.image, 0)
    frame = read(.frame, 0)
    view = read(.view, nil)
    window = read(.window, nil)
    isInverted = read(.isInverted, false)
    showsRegions = read(.showsRegions, true)
    showsHeat = read(.showsHeat, false)
    readsFirst = read(.readsFirst, false)
    hidesNames = read(.hidesNames, false)
    capturesMouse = read(.capturesMouse, nil)
    theme = read(.theme, nil)
  }
}
