//! The words that services, questions and guides are put together from, in Vietnamese and in English.

/// A word or phrase in both languages.
pub(super) type Words = (&'static str, &'static str);

/// Fields of life: the group's id, its name, and what its services are about.
pub(super) const FIELDS: [(&str, Words, [Words; 6]); 24] = [
    (
        "cu-tru",
        ("Cư trú", "Residence"),
        [
            ("hộ gia đình", "a household"),
            ("nơi thường trú", "permanent residence"),
            ("nơi tạm trú", "temporary residence"),
            ("việc lưu trú", "a stay"),
            ("việc tạm vắng", "an absence"),
            ("số định danh", "a personal number"),
        ],
    ),
    (
        "dat-dai",
        ("Đất đai", "Land"),
        [
            ("quyền sử dụng đất", "land use rights"),
            ("thửa đất", "a plot of land"),
            ("thế chấp đất", "a mortgage of land"),
            ("thuê đất", "a lease of land"),
            ("giá đất", "the price of land"),
            ("ranh giới đất", "a boundary of land"),
        ],
    ),
    (
        "xay-dung",
        ("Xây dựng", "Building"),
        [
            ("nhà ở riêng lẻ", "a single house"),
            ("sửa chữa nhà", "a repair"),
            ("công trình tạm", "a temporary structure"),
            ("biển số nhà", "a house number"),
            ("quy hoạch", "planning"),
            ("chung cư", "a block of flats"),
        ],
    ),
    (
        "kinh-doanh",
        ("Kinh doanh", "Business"),
        [
            ("hộ kinh doanh", "a household business"),
            ("hợp tác xã", "a cooperative"),
            ("địa điểm kinh doanh", "a place of business"),
            ("bán lẻ rượu", "retail of spirits"),
            ("bán lẻ thuốc lá", "retail of tobacco"),
            ("chợ", "a market stall"),
        ],
    ),
    (
        "giao-thong",
        ("Giao thông", "Transport"),
        [
            ("giấy phép lái xe", "a driving licence"),
            ("phù hiệu xe", "a vehicle badge"),
            ("bến thủy", "a landing stage"),
            ("vỉa hè", "a pavement"),
            ("đậu xe", "parking"),
            ("xe quá khổ", "an oversize vehicle"),
        ],
    ),
    (
        "y-te",
        ("Y tế", "Health"),
        [
            ("phòng khám", "a clinic"),
            ("nhà thuốc", "a pharmacy"),
            ("an toàn thực phẩm", "food safety"),
            ("chứng chỉ hành nghề", "a practising certificate"),
            ("giám định y khoa", "a medical assessment"),
            ("tiêm chủng", "vaccination"),
        ],
    ),
    (
        "truong-hoc",
        ("Trường học", "Schools"),
        [
            ("trường mầm non", "a nursery school"),
            ("trường tiểu học", "a primary school"),
            ("lớp học thêm", "extra lessons"),
            ("văn bằng", "a diploma"),
            ("học bổng", "a scholarship"),
            ("chuyển trường", "a change of school"),
        ],
    ),
    (
        "lao-dong",
        ("Lao động", "Work"),
        [
            ("hợp đồng lao động", "an employment contract"),
            ("trợ cấp thất nghiệp", "unemployment benefit"),
            ("tai nạn lao động", "an accident at work"),
            ("lao động nước ngoài", "a foreign worker"),
            ("nội quy lao động", "work rules"),
            ("học nghề", "an apprenticeship"),
        ],
    ),
    (
        "nguoi-co-cong",
        ("Người có công", "People of merit"),
        [
            ("thương binh", "war invalids"),
            ("liệt sĩ", "fallen soldiers"),
            ("mẹ Việt Nam anh hùng", "heroic mothers"),
            ("thanh niên xung phong", "youth volunteers"),
            ("người hoạt động kháng chiến", "resistance members"),
            ("mộ liệt sĩ", "a soldier’s grave"),
        ],
    ),
    (
        "bao-tro",
        ("Bảo trợ xã hội", "Social support"),
        [
            ("người cao tuổi", "elderly people"),
            ("người khuyết tật", "disabled people"),
            ("trẻ mồ côi", "orphans"),
            ("hộ nghèo", "poor households"),
            ("mai táng phí", "funeral costs"),
            ("cứu trợ khẩn cấp", "emergency aid"),
        ],
    ),
    (
        "tre-em",
        ("Trẻ em", "Children"),
        [
            ("thẻ trẻ em", "a child’s card"),
            ("nhận nuôi", "adoption"),
            ("chăm sóc thay thế", "foster care"),
            ("trại hè", "a summer camp"),
            ("trẻ bị xâm hại", "an abused child"),
            ("sữa học đường", "school milk"),
        ],
    ),
    (
        "moi-truong",
        ("Môi trường", "Environment"),
        [
            ("xả nước thải", "waste water"),
            ("chất thải rắn", "solid waste"),
            ("tiếng ồn", "noise"),
            ("đề án bảo vệ môi trường", "an environmental plan"),
            ("khai thác nước", "use of water"),
            ("cây xanh", "trees"),
        ],
    ),
    (
        "nong-nghiep",
        ("Nông nghiệp", "Farming"),
        [
            ("trang trại", "a farm"),
            ("thú y", "animal health"),
            ("giống cây trồng", "seeds"),
            ("thủy lợi", "irrigation"),
            ("phân bón", "fertiliser"),
            ("rừng trồng", "planted forest"),
        ],
    ),
    (
        "van-hoa",
        ("Văn hóa", "Culture"),
        [
            ("lễ hội", "a festival"),
            ("karaoke", "karaoke"),
            ("quảng cáo", "advertising"),
            ("di tích", "a monument"),
            ("thư viện", "a library"),
            ("biểu diễn", "a performance"),
        ],
    ),
    (
        "the-thao",
        ("Thể thao", "Sport"),
        [
            ("câu lạc bộ", "a club"),
            ("bể bơi", "a swimming pool"),
            ("giải đấu", "a tournament"),
            ("phòng tập", "a gym"),
            ("sân bóng", "a football pitch"),
            ("võ đường", "a martial arts school"),
        ],
    ),
    (
        "ton-giao",
        ("Tôn giáo", "Religion"),
        [
            ("điểm nhóm", "a group’s meeting place"),
            ("lễ tôn giáo", "a religious ceremony"),
            ("cơ sở thờ tự", "a place of worship"),
            ("chức sắc", "clergy"),
            ("lớp giáo lý", "religious classes"),
            ("quyên góp", "a collection"),
        ],
    ),
    (
        "chung-thuc",
        ("Chứng thực", "Certification"),
        [
            ("bản sao", "copies"),
            ("chữ ký", "a signature"),
            ("hợp đồng", "a contract"),
            ("di chúc", "a will"),
            ("giấy ủy quyền", "a power of attorney"),
            ("bản dịch", "a translation"),
        ],
    ),
    (
        "ho-khau-xe",
        ("Phương tiện", "Vehicles"),
        [
            ("biển số xe", "a number plate"),
            ("sang tên xe", "a transfer of a vehicle"),
            ("xe máy điện", "an electric motorbike"),
            ("rơ moóc", "a trailer"),
            ("đăng kiểm", "a vehicle inspection"),
            ("xe ba bánh", "a three-wheeler"),
        ],
    ),
    (
        "khieu-nai",
        ("Khiếu nại, tố cáo", "Complaints"),
        [
            ("khiếu nại", "a complaint"),
            ("tố cáo", "a denunciation"),
            ("kiến nghị", "a petition"),
            ("tiếp công dân", "a hearing"),
            ("bồi thường", "compensation"),
            ("hòa giải", "conciliation"),
        ],
    ),
    (
        "thue-phi",
        ("Thuế, phí", "Taxes and fees"),
        [
            ("thuế nhà đất", "land tax"),
            ("lệ phí trước bạ", "registration fee"),
            ("miễn thuế", "tax exemption"),
            ("hoàn thuế", "a tax refund"),
            ("mã số thuế", "a tax number"),
            ("phí vệ sinh", "cleaning fee"),
        ],
    ),
    (
        "thong-tin",
        ("Thông tin", "Information"),
        [
            ("bản tin", "a newsletter"),
            ("trò chơi điện tử", "video games"),
            ("in ấn", "printing"),
            ("photocopy", "photocopying"),
            ("trạm phát sóng", "a transmitter"),
            ("ăng ten", "an aerial"),
        ],
    ),
    (
        "dien-nuoc",
        ("Điện, nước", "Power and water"),
        [
            ("đấu nối điện", "a power connection"),
            ("đấu nối nước", "a water connection"),
            ("đào đường", "digging up a road"),
            ("thoát nước", "drainage"),
            ("đèn đường", "street lights"),
            ("cấp nước sạch", "clean water"),
        ],
    ),
    (
        "an-ninh",
        ("An ninh trật tự", "Public order"),
        [
            ("vũ khí thô sơ", "simple weapons"),
            ("pháo hoa", "fireworks"),
            ("con dấu", "a seal"),
            ("dịch vụ cầm đồ", "a pawnshop"),
            ("bảo vệ", "guards"),
            ("phòng cháy", "fire safety"),
        ],
    ),
    (
        "thi-dua",
        ("Thi đua, khen thưởng", "Awards"),
        [
            ("giấy khen", "a certificate of merit"),
            ("gia đình văn hóa", "a cultured family"),
            ("chiến sĩ thi đua", "an outstanding worker"),
            ("tập thể tiên tiến", "an advanced team"),
            ("người tốt việc tốt", "a good deed"),
            ("huân chương", "a medal"),
        ],
    ),
];

/// What can be done about a thing.
pub(super) const ACTS: [Words; 16] = [
    ("Đăng ký", "Registration of"),
    ("Cấp mới", "Issue of papers for"),
    ("Cấp lại", "Renewal of papers for"),
    ("Cấp đổi", "Exchange of papers for"),
    ("Gia hạn", "Extension for"),
    ("Điều chỉnh", "Correction for"),
    ("Thu hồi", "Withdrawal for"),
    ("Xác nhận", "Confirmation of"),
    ("Công nhận", "Recognition of"),
    ("Chấm dứt", "End of"),
    ("Chuyển nhượng", "Transfer of"),
    ("Hỗ trợ", "Support for"),
    ("Thẩm định", "Assessment of"),
    ("Báo cáo", "Report on"),
    ("Tra cứu", "Inquiry about"),
    ("Tạm ngừng", "Suspension of"),
];

/// What a question asks about.
pub(super) const ASKED: [Words; 20] = [
    ("Tên gọi", "Name"),
    ("Địa điểm", "Place"),
    ("Diện tích (m²)", "Area (m²)"),
    ("Số lượng", "Number"),
    ("Thời hạn", "Term"),
    ("Lý do đề nghị", "Reason"),
    ("Giấy tờ đã có", "Papers held"),
    ("Người đại diện", "Representative"),
    ("Nguồn gốc", "Origin"),
    ("Tình trạng hiện tại", "Present state"),
    ("Mục đích sử dụng", "Purpose"),
    ("Hình thức nhận kết quả", "How the result is received"),
    ("Ngày bắt đầu", "First day"),
    ("Ngày kết thúc", "Last day"),
    ("Mức đề nghị", "Amount asked for"),
    ("Loại", "Sort"),
    ("Cơ quan đã cấp", "Issuing authority"),
    ("Ghi chú", "Remarks"),
    ("Liên hệ", "Contact"),
    ("Phạm vi", "Extent"),
];

/// Whom or what a step of a form is about.
pub(super) const ABOUT: [Words; 10] = [
    ("người đề nghị", "the applicant"),
    ("công trình", "the works"),
    ("hộ gia đình", "the household"),
    ("cơ sở", "the establishment"),
    ("giấy phép", "the permit"),
    ("người liên quan", "the person concerned"),
    ("tài sản", "the property"),
    ("hồ sơ trước", "the earlier application"),
    ("kết quả", "the result"),
    ("tổ chức", "the organisation"),
];

/// Sentences of guides.
pub(super) const SENTENCES: [Words; 18] = [
    (
        "Chọn nơi bạn đang cư trú; không rõ thì hỏi bộ phận một cửa của phường, xã.",
        "Choose where you live; if you are not sure, ask at the one-stop desk of your ward or commune.",
    ),
    (
        "Giấy tờ phải còn giá trị sử dụng vào ngày nộp.",
        "Papers must be valid on the day on which you apply.",
    ),
    (
        "Không cần tài khoản và không nộp lệ phí qua mạng.",
        "No account is needed, and no fee is paid online.",
    ),
    (
        "Khi cần bổ sung, cán bộ nói rõ một lần bằng văn bản.",
        "If something is missing, the officer says so once, in writing.",
    ),
    (
        "Người được ủy quyền mang theo giấy ủy quyền có chứng thực.",
        "A person who is authorised brings a certified power of attorney.",
    ),
    (
        "Thời hạn tính từ ngày nhận đủ giấy tờ hợp lệ.",
        "The time begins on the day on which all papers are there.",
    ),
    (
        "Ngày nghỉ, ngày lễ không tính vào thời hạn.",
        "Holidays do not count.",
    ),
    (
        "Kết quả được trả tại nơi nộp hoặc gửi qua bưu điện.",
        "The result is handed out where you applied, or sent by post.",
    ),
    (
        "Nếu không đồng ý với kết quả, bạn có quyền khiếu nại trong 90 ngày.",
        "If you disagree with the result, you may complain within 90 days.",
    ),
    (
        "Bản chính chỉ để đối chiếu rồi trả lại ngay.",
        "Originals are compared and given back at once.",
    ),
    (
        "Thông tin khai không đúng có thể làm kết quả bị thu hồi.",
        "Wrong information can lead to the result being withdrawn.",
    ),
    (
        "Trẻ dưới 14 tuổi do cha, mẹ hoặc người giám hộ khai.",
        "For children under 14 a parent or guardian applies.",
    ),
    (
        "Người cao tuổi, người khuyết tật được ưu tiên tại quầy.",
        "Elderly and disabled people are served first at the counter.",
    ),
    (
        "Diện tích ghi bằng mét vuông, số lẻ sau dấu phẩy.",
        "Areas are in square metres, decimals after a comma.",
    ),
    (
        "Hãy giữ biên nhận: trên đó có mã tra cứu.",
        "Keep the receipt: the reference is on it.",
    ),
    (
        "Mỗi lần nộp chỉ cho một địa điểm.",
        "One application is for one place.",
    ),
    (
        "Có thể sửa hoặc rút khi hồ sơ chưa được xem xét.",
        "You can amend or withdraw until it has been looked at.",
    ),
    (
        "Lệ phí theo nghị quyết của Hội đồng nhân dân thành phố.",
        "The fee is set by the City Council.",
    ),
];

/// Headings of guides.
pub(super) const HEADINGS: [Words; 6] = [
    ("Khi nào dùng", "When to use it"),
    ("Chọn nơi nộp", "Where to apply"),
    ("Chuẩn bị", "What to prepare"),
    ("Điều cần biết khi khai", "Good to know"),
    ("Thời hạn và lệ phí", "Time and fee"),
    ("Khi không được giải quyết", "If it is refused"),
];
