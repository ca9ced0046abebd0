/// Groups of AudioSet's classes for a home, for networks such as YAMNet that have all of them.
///
/// Sounds that people have one word for are one group, whatever AudioSet calls them. The thresholds
/// are those at which the mean of three windows gave few false alarms in strangers' recordings,
/// where that was measured, else a start.
enum HouseholdGroups {
    /// A group, by AudioSet's display names.
    struct Row {
        let name: String
        let label: String
        /// The smoothed score at which an event opens.
        let on: Float
        var isPrivate = false
        /// Whether it is reported by default: false where the network is not good enough.
        var isEnabled = true
        /// The shortest event in seconds; nil: as for all classes.
        var minDurationSeconds: Double?
        var members: [String] = []
    }

    static let rows: [Row] = table.split(separator: "\n").reduce(into: []) { rows, line in
        let fields = line.split(separator: ";").map { field in
            field.split(separator: " ").joined(separator: " ")
        }
        if line.first == " ", !rows.isEmpty {
            rows[rows.count - 1].members += fields
        } else {
            rows.append(row(fields))
        }
    }

    private static func row(_ fields: [String]) -> Row {
        var row = Row(name: fields[0], label: fields[1], on: Float(fields[2]) ?? 0.5)
        for flag in fields.dropFirst(3) {
            switch flag {
            case "private": row.isPrivate = true
            case "off": row.isEnabled = false
            default: row.minDurationSeconds = Double(flag.split(separator: " ")[2])
            }
        }
        return row
    }

    /// A line a group: name, label, threshold, and what else holds; its members below it.
    private static let table = """
        speech; Speech; 0.99; private
          Speech; Child speech, kid speaking; Conversation; Narration, monologue;
          Speech synthesizer; Whispering; Chatter; Hubbub, speech noise, speech babble
        shout; Shouting; 0.5; private
          Shout; Bellow; Whoop; Yell; Children shouting; Screaming
        singing; Singing; 0.5; private
          Singing; Choir; Child singing; Chant; Rapping; Humming; A capella
        laughter; Laughter; 0.38; private
          Laughter; Baby laughter; Giggle; Snicker; Belly laugh; Chuckle, chortle
        baby_cry; Baby crying; 0.07
          Baby cry, infant cry
        cough; Cough; 0.37
          Cough; Throat clearing
        sneeze; Sneeze; 0.4
          Sneeze
        snoring; Snoring; 0.4
          Snoring; Snort
        footsteps; Footsteps; 0.5
          Walk, footsteps; Run; Shuffle
        applause; Applause; 0.5
          Applause; Clapping; Cheering
        dog; Dog; 0.45
          Dog; Bark; Yip; Howl; Bow-wow; Growling; Whimper (dog)
        cat; Cat; 0.67
          Cat; Purr; Meow; Caterwaul
        birds; Birds; 0.5; at least 0.5 s
          Bird; Bird vocalization, bird call, bird song; Chirp, tweet; Squawk; Pigeon, dove;
          Coo; Crow; Caw; Owl; Hoot
        rooster; Rooster; 0.4
          Chicken, rooster; Crowing, cock-a-doodle-doo; Cluck
        door; Door; 0.4; off
          Door; Sliding door; Slam
        knock; Knock; 0.56
          Knock; Tap
        glass; Glass breaking; 0.4
          Shatter; Breaking; Smash, crash
        vacuum_cleaner; Vacuum cleaner; 0.5; at least 1 s
          Vacuum cleaner
        blender; Blender; 0.5; at least 1 s
          Blender
        water_tap; Water tap; 0.4; at least 1 s
          Water tap, faucet; Sink (filling or washing); Bathtub (filling or washing);
          Fill (with liquid)
        toilet; Toilet; 0.4
          Toilet flush
        dishes; Dishes; 0.5
          Dishes, pots, and pans; Cutlery, silverware
        frying; Frying; 0.5; at least 1 s
          Frying (food); Sizzle
        typing; Typing; 0.85
          Typing; Typewriter; Computer keyboard
        clock; Clock; 0.5; at least 1 s
          Clock; Tick; Tick-tock
        music; Music; 0.7; at least 1 s
          Music; Musical instrument; Guitar; Piano; Drum; Song; Pop music; Rock music;
          Classical music; Electronic music
        television; Television or radio; 0.5; private; at least 1 s
          Television; Radio
        power_tool; Power tool; 0.5
          Power tool; Drill; Jackhammer; Sanding; Sawing
        doorbell; Doorbell; 0.3
          Doorbell; Ding-dong; Buzzer
        smoke_alarm; Smoke alarm; 0.3
          Smoke detector, smoke alarm; Fire alarm
        alarm_clock; Alarm clock; 0.3
          Alarm clock
        telephone; Telephone; 0.2
          Telephone; Telephone bell ringing; Ringtone
        siren; Siren; 0.5
          Siren; Civil defense siren; Police car (siren); Ambulance (siren);
          Fire engine, fire truck (siren); Emergency vehicle
        car_alarm; Car alarm; 0.4
          Car alarm
        car_horn; Car horn; 0.4
          Vehicle horn, car horn, honking; Toot; Air horn, truck horn
        engine; Engine; 0.6; at least 1 s
          Engine; Light engine (high frequency); Medium engine (mid frequency);
          Heavy engine (low frequency); Engine starting; Idling; Accelerating, revving, vroom;
          Motorcycle
        lawn_mower; Lawn mower; 0.5; at least 1 s
          Lawn mower
        chainsaw; Chainsaw; 0.5; at least 1 s
          Chainsaw
        helicopter; Helicopter; 0.5; at least 1 s
          Helicopter
        aeroplane; Aeroplane; 0.5; at least 1 s
          Aircraft; Aircraft engine; Jet engine; Propeller, airscrew;
          Fixed-wing aircraft, airplane
        train; Train; 0.5; at least 1 s
          Rail transport; Train; Train whistle; Train horn; Railroad car, train wagon;
          Train wheels squealing; Subway, metro, underground
        gunshot; Gunshot; 0.5
          Gunshot, gunfire; Machine gun; Fusillade; Artillery fire; Cap gun
        explosion; Explosion; 0.5
          Explosion; Eruption; Boom
        fireworks; Fireworks; 0.5
          Fireworks; Firecracker
        rain; Rain; 0.5; at least 2 s
          Rain; Raindrop; Rain on surface
        thunder; Thunder; 0.5
          Thunderstorm; Thunder
        wind; Wind; 0.5; at least 2 s
          Wind; Rustling leaves; Wind noise (microphone)
        sea_waves; Sea; 0.5; at least 2 s
          Ocean; Waves, surf
        fire; Fire; 0.5; at least 2 s
          Fire; Crackle
        """

    /// AudioSet's classes in no group that a person may be heard in.
    static let privateClasses: Set<String> = [
        "Babbling", "Crying, sobbing", "Whimper", "Wail, moan", "Sigh", "Yodeling", "Mantra",
        "Synthetic singing", "Groan", "Grunt", "Breathing", "Wheeze", "Gasp", "Pant", "Crowd",
        "Children playing", "Burping, eructation", "Hiccup", "Fart", "Vocal music",
    ]
}
