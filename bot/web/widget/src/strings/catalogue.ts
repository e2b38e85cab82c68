/**
 * Every string that the chat itself says, language beside language, so that none can be forgotten.
 * Texts of the server are not here. {x} is filled in. A language is a column: see LANGUAGES. Nothing else belongs into
 * this file: the build makes two columns of it.
 */
export const LANGUAGES: [code: string, name: string][] = [
  ["en", "English"],
  ["es", "Español"],
];

export type Text = readonly [en: string, es: string];

export const subtitle: Text = ["Automated helper", "Ayuda automática"];
export const leave: Text = ["Leave now", "Salir ya"];
export const menu: Text = ["Menu", "Menú"];
export const close: Text = ["Close chat", "Cerrar el chat"];
export const log: Text = ["Conversation", "Conversación"];
export const you: Text = ["You", "Tú"];
export const choices: Text = ["Suggested answers", "Respuestas sugeridas"];
export const choicesReady: Text = ["{n} suggested answers below.", "{n} respuestas sugeridas abajo."];
export const message: Text = ["Your message", "Tu mensaje"];
export const placeholder: Text = ["Write in your own words…", "Escribe con tus palabras…"];
export const send: Text = ["Send", "Enviar"];
export const left: Text = ["{n} characters left", "Quedan {n} caracteres"];
export const over: Text = [
  "That is a lot to carry. It is {n} characters too long: you can send it in two parts.",
  "Es mucho lo que llevas. Sobran {n} caracteres: puedes enviarlo en dos partes.",
];
export const unsent: Text = ["Not sent yet", "Aún sin enviar"];
export const again: Text = ["Try again", "Reintentar"];
export const offline: Text = [
  "You seem to be offline. Nothing you wrote is lost.",
  "Parece que no hay conexión. Nada de lo escrito se pierde.",
];
export const slow: Text = [
  "The answer is taking too long. Nothing you wrote is lost.",
  "La respuesta tarda demasiado. Nada de lo escrito se pierde.",
];
export const broken: Text = [
  "Something is wrong on our side. Nothing you wrote is lost.",
  "Algo falla por nuestra parte. Nada de lo escrito se pierde.",
];
export const helpNow: Text = ["Help now:", "Ayuda ahora:"];
export const more: Text = ["All helplines", "Todas las líneas de ayuda"];
export const emergencyTitle: Text = ["Emergency", "Emergencias"];
export const crisisTitle: Text = ["Talk to a person now", "Habla con una persona ahora"];
export const abuseTitle: Text = ["If you are not safe with someone", "Si no estás a salvo con alguien"];
export const supportTitle: Text = ["People who can support you", "Personas que pueden apoyarte"];
export const copy: Text = ["Copy the conversation", "Copiar la conversación"];
export const copied: Text = ["The conversation is copied.", "La conversación está copiada."];
export const notCopied: Text = [
  "Copying did not work here; you can download it.",
  "Aquí no se pudo copiar; puedes descargarla.",
];
export const download: Text = ["Download it as text", "Descargarla como texto"];
export const country: Text = ["Change country", "Cambiar de país"];
export const language: Text = ["Language of the buttons", "Idioma de los botones"];
export const size: Text = ["Text size", "Tamaño del texto"];
export const clear: Text = ["Erase this conversation", "Borrar esta conversación"];
export const clearSure: Text = [
  "Erase the whole conversation, here and on our server? This cannot be undone.",
  "¿Borrar toda la conversación, aquí y en nuestro servidor? No se puede deshacer.",
];
export const clearYes: Text = ["Yes, erase", "Sí, borrar"];
export const clearNo: Text = ["Keep it", "Conservarla"];
export const cleared: Text = ["The conversation was erased.", "La conversación se ha borrado."];
export const notCleared: Text = [
  "It could not be erased just now. Please try again later.",
  "Ahora no se pudo borrar. Inténtalo más tarde.",
];
export const aboutLeave: Text = [
  "“Leave now”, or Shift three times, goes to a neutral page at once. It does not clear your browser history.",
  "«Salir ya», o Mayús tres veces, va al instante a una página neutra. No borra el historial del navegador.",
];
export const newTab: Text = ["opens in a new tab", "se abre en otra pestaña"];
export const readMore: Text = ["Read the article", "Leer el artículo"];
export const unreviewed: Text = [
  "Not yet reviewed by a clinician",
  "Aún sin revisar por un profesional clínico",
];
export const step: Text = ["Step {n} of {m}", "Paso {n} de {m}"];
export const about: Text = ["About {n} seconds, no hurry", "Unos {n} segundos, sin prisa"];
export const breatheIn: Text = ["Breathe in", "Toma aire"];
export const hold: Text = ["Hold", "Mantén"];
export const breatheOut: Text = ["Breathe out", "Suelta"];
export const pause: Text = ["Pause", "Pausa"];
export const resume: Text = ["Start", "Empezar"];
export const ratingHint: Text = ["Arrow keys choose, Enter sends.", "Las flechas eligen, Intro envía."];
export const use: Text = ["Use this country", "Usar este país"];
export const bookTitle: Text = ["Book a free consultation", "Reserva una consulta gratuita"];
export const bookLink: Text = ["Choose a time", "Elegir hora"];
export const when: Text = ["When", "Cuándo"];
export const moreTimes: Text = ["More times", "Más horas"];
export const noTimes: Text = ["No more times in the next two weeks.", "No hay más horas en dos semanas."];
export const zone: Text = [
  "Times are in your time zone ({z}).",
  "Las horas están en tu zona horaria ({z}).",
];
export const how: Text = ["How", "Cómo"];
export const video: Text = ["Video call", "Videollamada"];
export const inPerson: Text = ["In person", "En persona"];
export const name: Text = ["Name or nickname", "Nombre o apodo"];
export const contact: Text = ["How is it safe to contact you?", "¿Cómo es seguro contactarte?"];
export const byText: Text = ["Text message", "Mensaje de texto"];
export const byCall: Text = ["Phone call", "Llamada"];
export const byNone: Text = ["Please do not contact me", "No me contactéis, por favor"];
export const email: Text = ["E-mail", "Correo electrónico"];
export const phone: Text = ["Phone", "Teléfono"];
export const note: Text = [
  "Anything the therapist should know (optional)",
  "Algo que el terapeuta deba saber (opcional)",
];
export const consent: Text = [
  "The practice may keep these details to arrange this.",
  "La consulta puede guardar estos datos para la cita.",
];
export const book: Text = ["Book this time", "Reservar esta hora"];
export const check: Text = [
  "Please look at {n} of the answers above.",
  "Revisa {n} de las respuestas de arriba.",
];
export const needName: Text = [
  "Please give a name; a nickname is fine.",
  "Escribe un nombre; vale un apodo.",
];
export const needContact: Text = [
  "Please choose one, so that we do not put you at risk.",
  "Elige una, para no ponerte en riesgo.",
];
export const needEmail: Text = [
  "Please give an e-mail address such as name@example.org.",
  "Escribe un correo como nombre@example.org.",
];
export const needPhone: Text = ["Please give a phone number.", "Escribe un número de teléfono."];
export const needConsent: Text = [
  "We need your consent to book.",
  "Necesitamos tu consentimiento para reservar.",
];
export const taken: Text = [
  "That time was just taken. The next ones:",
  "Esa hora acaba de ocuparse. Las siguientes:",
];
export const booked: Text = ["Your consultation is booked", "Tu consulta está reservada"];
export const manage: Text = ["Move or cancel it", "Cambiarla o cancelarla"];
export const replaced: Text = [
  "The booking form is further down.",
  "El formulario de reserva está más abajo.",
];
export const callNumber: Text = ["Call {n}", "Llamar al {n}"];
export const textNumber: Text = ["Text {n}", "SMS al {n}"];
export const textWord: Text = ["Text {w} to {n}", "SMS {w} al {n}"];
export const emergencyElsewhere: Text = [
  "Emergency: your local number; 112 on most mobile phones",
  "Emergencias: el número de tu país; 112 en casi todos los móviles",
];
export const moment: Text = ["One moment…", "Un momento…"];
export const needOne: Text = ["Please choose one.", "Elige una opción."];
export const typing: Text = ["Writing…", "Escribiendo…"];
